/** Who the tests run as, and who their members do: where the tests run as root, members do not. */
export const ROOT = process.getuid?.() === 0;
export const NOBODY = { uid: 65_534, gid: 65_534 };
