// The global names that the linter may expect where no types tell it.
const names = (list) => Object.fromEntries(list.split(" ").map((name) => [name, "readonly"]));

export default {
  node: names("process console Buffer URL setTimeout fetch"),
  browser: names(
    "document window self location navigator performance Element NodeFilter CSS Event " +
      "PointerEvent Response Option addEventListener dispatchEvent requestAnimationFrame " +
      "getSelection setTimeout clearTimeout fetch copydesk PublicKeyCredential URL MutationObserver",
  ),
};
