console.error("no such layer");
process.exit(3);
