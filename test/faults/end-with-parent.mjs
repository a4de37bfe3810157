// Loaded before the product (`node --import`): ends it where the runner that started it was killed.
process.on('disconnect', () => process.exit(1));
process.channel?.unref();
