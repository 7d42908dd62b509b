// The producer's pages work without this file. It keeps drafts through dead spots, shares pictures
// where the phone can, and draws which cells of a sheet are taken.
"use strict";

const SENT = "sent";

function draftKey(form) {
  return "draft " + location.pathname + " " + (form.getAttribute("action") || "");
}

function answersOf(form) {
  const plumbing = new Set(["csrf_token", "once", "id_card"]);
  return [...new FormData(form)].filter(
    ([name, value]) => !plumbing.has(name) && typeof value === "string"
  );
}

function keepDrafts(form) {
  const key = draftKey(form);
  const untouched = JSON.stringify(answersOf(form));
  const kept = localStorage.getItem(key);
  const refused = document.querySelector(".error-summary, .gate");
  if (kept && kept !== untouched && !refused) {
    restore(form, JSON.parse(kept));
    tell(form, "上次没提交的内容已经填回来了。");
  }
  form.addEventListener("input", () => {
    localStorage.setItem(key, JSON.stringify(answersOf(form)));
  });
  form.addEventListener("submit", (event) => {
    if (!navigator.onLine) {
      event.preventDefault();
      localStorage.setItem(key, JSON.stringify(answersOf(form)));
      tell(form, "现在没有信号，内容已存在这部手机里，有信号后再点一次。");
      return;
    }
    sessionStorage.setItem(SENT, JSON.stringify({ key, from: location.pathname }));
  });
}

function restore(form, answers) {
  for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = false;
  for (const [name, value] of answers) {
    for (const input of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (input.type === "radio" || input.type === "checkbox") {
        if (input.value === value) input.checked = true;
      } else if (input.type !== "hidden") {
        input.value = value;
      }
    }
  }
}

function tell(form, sentence) {
  let note = form.querySelector("[data-told]");
  if (!note) {
    note = document.createElement("p");
    note.className = "notice";
    note.dataset.told = "";
    note.setAttribute("role", "status");
    form.prepend(note);
  }
  note.textContent = sentence;
}

// A draft is done with once its page has led somewhere else.
function forgetSent() {
  const sent = JSON.parse(sessionStorage.getItem(SENT) || "null");
  if (sent && sent.from !== location.pathname) localStorage.removeItem(sent.key);
  sessionStorage.removeItem(SENT);
}

async function share(button) {
  const answer = await fetch(button.dataset.share);
  const file = new File([await answer.blob()], button.dataset.name, { type: "image/png" });
  const parcel = { files: [file], title: button.dataset.title };
  if (navigator.canShare(parcel)) await navigator.share(parcel);
}

function offerSharing() {
  const probe = { files: [new File([""], "probe.png", { type: "image/png" })] };
  if (!navigator.canShare || !navigator.canShare(probe)) return;
  for (const button of document.querySelectorAll("[data-share]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      share(button).catch((stopped) => {
        if (stopped.name !== "AbortError") button.hidden = true;
      });
    });
  }
}

function drawCells() {
  const cells = document.querySelector("[data-cells]");
  if (!cells) return;
  const form = cells.closest("form");
  const draw = () => {
    const design = form.querySelector("[name=design]:checked");
    cells.hidden = !(design && "sheet" in design.dataset);
    const start = Number(form.querySelector("[name=start_cell]:checked")?.value || 1);
    const count = Number(form.querySelector("[name=count]").value) || 0;
    cells.querySelectorAll("label").forEach((label, index) => {
      label.classList.toggle("used", index + 1 < start);
      label.classList.toggle("taken", index + 1 >= start && index + 1 < start + count);
    });
  };
  form.addEventListener("input", draw);
  draw();
}

function tickSources() {
  for (const source of document.querySelectorAll(".source")) {
    const [box, amount] = source.querySelectorAll("input");
    amount.addEventListener("input", () => {
      if (amount.value) box.checked = true;
    });
  }
}

forgetSent();
document.querySelectorAll("form[data-draft]").forEach(keepDrafts);
offerSharing();
drawCells();
tickSources();
