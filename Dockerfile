FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --omit=optional
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY migrations ./migrations
RUN npm run build

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional

FROM node:24-bookworm-slim
# npm must not write beside the product: its root file system may be read-only.
ENV NODE_ENV=production ENVIRONMENT=production NPM_CONFIG_CACHE=/tmp/.npm NPM_CONFIG_LOGS_MAX=0
WORKDIR /app
COPY package.json ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY migrations ./migrations
COPY src/run.mjs src/node-version.mjs ./src/
USER node
EXPOSE 8000
STOPSIGNAL SIGTERM
# Nothing but bash, which is there in milliseconds: a probe that starts a runtime fails first where the host is busy.
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=4 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${PORT:-8000} && printf 'GET /health/live HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r -u 3 line && [[ $line == *' 200 '* ]]"]
# 16 MB are the default of Node 20; that of Node 24 is four times as much, for each process.
CMD ["node", "--max-semi-space-size=16", "dist/main.js"]
