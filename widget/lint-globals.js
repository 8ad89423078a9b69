// The global names that the linter may expect where no types tell it.
const names = (list) => Object.fromEntries(list.split(" ").map((name) => [name, "readonly"]));

export default {
  node: names("process console Buffer URL setTimeout"),
  browser: names("document window Element CSS"),
};
