// Typing many paper forms: what is typed is kept on this device until the server has it, and Enter goes to the
// next field instead of sending.
(function () {
  "use strict";
  var form = document.getElementById("paper");
  if (!form) return;
  var place = form.dataset.keep;
  var rows = [].slice.call(form.querySelectorAll("tbody tr"));

  function kept() {
    try { return JSON.parse(localStorage.getItem(place)) || []; } catch (error) { return []; }
  }
  function keep(list) {
    try {
      if (list.length) localStorage.setItem(place, JSON.stringify(list));
      else localStorage.removeItem(place);
    } catch (error) { /* No storage: the page works as it does without this script. */ }
  }
  function values(row) {
    return [].map.call(row.querySelectorAll("input"), function (field) { return field.value; });
  }
  function isTyped(list) {
    return list.slice(1).some(Boolean); // the first is the nonce
  }
  function typed() {
    return rows.map(values).filter(isTyped);
  }
  function count() {
    document.getElementById("count").textContent = typed().length;
  }
  function fill(list) {
    list.slice(0, rows.length).forEach(function (each, at) {
      rows[at].querySelectorAll("input").forEach(function (field, number) { field.value = each[number]; });
    });
  }

  var sent = form.dataset.sent.split(" ");
  var left = kept().filter(function (each) { return sent.indexOf(each[0]) < 0; });
  keep(left);
  if ("fresh" in form.dataset && left.length) {
    fill(left);
    document.getElementById("kept").hidden = false;
  }
  count();
  form.addEventListener("input", function () { keep(typed()); count(); });
  form.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    var fields = [].slice.call(form.querySelectorAll("input:not([type=hidden]), button[name=step]"));
    fields[fields.indexOf(event.target) + 1].focus();
  });
  document.getElementById("discard").addEventListener("click", function () {
    keep([]);
    location.assign(form.action);
  });
})();
