// The example article of the widget's preview: nothing leaves it, and its dialog opens by itself.
"use strict";
{
  const thanks = { submission: "preview", status: "new", readers: 1 };
  window.fetch = async () => Response.json(thanks, { status: 201 });

  addEventListener("load", async () => {
    if (!("opens" in document.body.dataset) || !window.copydesk) return;
    getSelection().selectAllChildren(document.getElementById("mistake"));
    const outside = window.parent.document;
    const before = outside.activeElement;
    await window.copydesk.open();
    // Whoever fills in the form goes on writing there.
    if (outside.activeElement !== before) before?.focus({ preventScroll: true });
  });
}
