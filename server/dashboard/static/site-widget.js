// The preview follows the form of the widget's options.
"use strict";
for (const form of document.querySelectorAll("form[data-previews]")) {
  const button = document.getElementById(form.dataset.previews);
  form.addEventListener("change", () => form.requestSubmit(button));
}
