// Keeps what is written in a form as it is written, one row at a time; without this file the form's
// own button saves it. A row that is refused says why and keeps no other row waiting.
"use strict";

const RETRY_MS = 5000;
const PAUSE_MS = 1200; // a hand that rests this long has written what it wanted

function autosave(form) {
  const state = form.querySelector("[data-state]");
  const waiting = new Set();
  let sending = false;
  let stopped = false;
  let pause = 0;
  let leaving = null; // the button that was pressed while a row was on its way

  function say(sentence, wrong) {
    state.textContent = sentence;
    state.classList.toggle("is-void-text", Boolean(wrong));
  }

  function tell(row, sentence) {
    const place = row.querySelector("[data-error]");
    place.textContent = sentence;
    place.hidden = !sentence;
    for (const input of row.querySelectorAll(".input:not(.note)")) {
      if (sentence) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  }

  function contentOf(row) {
    const content = new URLSearchParams();
    for (const name of ["csrf_token", "version"]) {
      if (form.elements[name]) content.set(name, form.elements[name].value);
    }
    content.set("row", row.dataset.row);
    for (const input of row.querySelectorAll("input, select, textarea")) {
      const off = (input.type === "radio" || input.type === "checkbox") && !input.checked;
      if (input.name && !off) content.append(input.name, input.value);
    }
    return content;
  }

  function show(answer) {
    if (form.elements.version && answer.version !== undefined) {
      form.elements.version.value = answer.version;
    }
    for (const [name, text] of Object.entries(answer.texts || {})) {
      for (const place of document.querySelectorAll(`[data-text="${CSS.escape(name)}"]`)) {
        place.textContent = text;
      }
    }
  }

  async function send() {
    if (sending || stopped || !waiting.size) return;
    const [row] = waiting;
    waiting.delete(row);
    sending = true;
    say("正在保存");
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: contentOf(row),
        headers: { Accept: "application/json" },
      });
      const said = await answer.json();
      if (answer.ok) {
        tell(row, "");
        row.classList.toggle("done", Boolean(said.filled));
        show(said);
        if (!waiting.size) say(said.saved);
      } else if (answer.status === 422) {
        tell(row, said.error.message);
        say("有一行没有保存，请看红字", true);
      } else if (answer.status >= 500 || answer.status === 429) {
        throw new TypeError("busy");
      } else {
        stopped = true;
        say(said.error.message + "，请刷新这一页", true);
      }
    } catch (lost) {
      sending = false;
      if (!(lost instanceof TypeError || lost instanceof SyntaxError)) throw lost;
      if (leaving) {
        form.requestSubmit(leaving);
        return;
      }
      waiting.add(row);
      say("没有连上，内容还在这一页，连上就自动保存", true);
      setTimeout(send, RETRY_MS);
      return;
    }
    sending = false;
    if (leaving) form.requestSubmit(leaving);
    else send();
  }

  function note(event) {
    const row = event.target.closest("[data-row]");
    if (!row || event.target.type === "file") return;
    waiting.add(row);
    clearTimeout(pause);
    if (event.type === "change") send();
    else pause = setTimeout(send, PAUSE_MS);
  }

  function next(event) {
    const input = event.target;
    if (event.key !== "Enter" || input.tagName !== "INPUT" || event.isComposing) return;
    event.preventDefault();
    const inputs = [...form.querySelectorAll("[data-row] input:not([type=radio], [type=checkbox])")];
    const following = inputs.slice(inputs.indexOf(input) + 1).find((one) => one.dataset.first !== undefined);
    (following || form.querySelector("[data-last]") || input).focus();
    if (following) following.select();
  }

  // The whole form is about to be sent: only what is on its way already is waited for.
  function leave(event) {
    waiting.clear();
    clearTimeout(pause);
    if (!sending) return;
    event.preventDefault();
    leaving = event.submitter;
  }

  form.addEventListener("input", note);
  form.addEventListener("change", note);
  form.addEventListener("keydown", next);
  form.addEventListener("submit", leave);
  addEventListener("online", send);
  addEventListener("beforeunload", (event) => {
    if (waiting.size || sending) event.preventDefault();
  });

  for (const button of form.querySelectorAll("[data-take]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const row = button.closest("[data-row]");
      for (const [name, value] of Object.entries(JSON.parse(button.dataset.take))) {
        for (const input of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
          if (input.type === "radio" || input.type === "checkbox") input.checked = input.value === value;
          else input.value = value;
        }
      }
      waiting.add(row);
      send();
    });
  }
}

document.querySelectorAll("form[data-autosave]").forEach(autosave);
