// Asks the browser for a passkey and sends what it answers. Without this script there are none.
"use strict";
{
  const form = document.querySelector("form[data-passkey]");
  const waiting = form?.querySelector("[role=status]");
  const problem = form?.querySelector("[role=alert]");
  const again = form?.querySelector("[data-again]");

  const ask = () => {
    const options = JSON.parse(form.dataset.options);
    return form.dataset.passkey === "create"
      ? navigator.credentials.create({
          publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
        })
      : navigator.credentials.get({
          publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
        });
  };

  const send = async () => {
    problem.hidden = again.hidden = true;
    waiting.hidden = false;
    try {
      const credential = await ask();
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch (error) {
      waiting.hidden = true;
      problem.hidden = again.hidden = false;
      problem.textContent =
        error.name === "NotAllowedError"
          ? form.dataset.cancelled
          : `${form.dataset.failed} ${error.message}`;
    }
  };

  if (form) {
    again.addEventListener("click", send);
    send();
  }
}
