/** The version of the Lambda runtime, and the first version of Node that runs this app's TypeScript without a build. */
const requiredMajor = 24;

const major = Number.parseInt(process.versions.node, 10);

if (major < requiredMajor) {
  throw new Error(
    `Node ${requiredMajor} or newer is needed, but this is ${process.versions.node}. npm and npx use the project's own Node.`,
  );
}
