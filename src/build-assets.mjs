// After the compiler: the script of Redoc goes into the build, so that production needs none of its packages.
import { copyFileSync, mkdirSync } from 'node:fs';

mkdirSync('dist/openapi', { recursive: true });
copyFileSync('node_modules/redoc/bundles/redoc.standalone.js', 'dist/openapi/redoc.standalone.js');
