// The global names that the linter may expect where no types tell it.
const names = (list) => Object.fromEntries(list.split(" ").map((name) => [name, "readonly"]));

export default {
  node: names("process console Buffer URL setTimeout fetch performance"),
  browser: names(
    "document window self location navigator Element CSS Event PointerEvent Response Option " +
      "getSelection dispatchEvent setTimeout fetch copydesk",
  ),
};
