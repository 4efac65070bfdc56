// The personal link carries its secret behind "#", which browsers never send. Put it into the form and drop it from the bar.
// First of all modules: it works on phones too old for the rest, which then answer by the plain form.

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("start"));
const secret = location.hash.slice(1);
if (form && /^[\w-]{16,}$/.test(secret)) {
  form.secret.value = secret;
  history.replaceState(null, "", location.pathname + location.search);
}
