/** The Lambda runtime, and the first Node that runs this app's TypeScript as it stands. */
const requiredMajor = 24;

const major = Number.parseInt(process.versions.node, 10);

if (major < requiredMajor) {
  throw new Error(
    `Node ${requiredMajor} or newer is needed, this is ${process.versions.node}: start through npm or npx, which use the project's own Node.`,
  );
}
