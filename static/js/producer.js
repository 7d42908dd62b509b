// The producer's pages work without this file. It keeps drafts through dead spots, shares pictures
// where the phone can, and draws which cells of a sheet are taken.
"use strict";

const SENT = "sent";
const KEPT_MS = 48 * 3600 * 1000;

function draftKey(form) {
  return "draft " + location.pathname + " " + (form.getAttribute("action") || "");
}

function answersOf(form) {
  const secret = [...form.querySelectorAll("[data-private]")].map((input) => input.name);
  const plumbing = new Set(["csrf_token", "once", "id_card", ...secret]);
  return [...new FormData(form)].filter(
    ([name, value]) => !plumbing.has(name) && typeof value === "string"
  );
}

function keepDrafts(form) {
  const key = draftKey(form);
  const untouched = JSON.stringify(answersOf(form));
  const keep = () => {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), answers: answersOf(form) }));
  };
  const draft = JSON.parse(localStorage.getItem(key) || "null");
  const refused = document.querySelector(".error-summary, .gate");
  if (draft && Date.now() - draft.at > KEPT_MS) {
    localStorage.removeItem(key);
  } else if (draft && JSON.stringify(draft.answers) !== untouched && !refused) {
    restore(form, draft.answers);
    tell(form, "上次没提交的内容已经填回来了。", "不要了，重新填", () => {
      localStorage.removeItem(key);
      location.reload();
    });
  }
  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) {
      sessionStorage.setItem(SENT, JSON.stringify({ key, from: location.pathname }));
    } else {
      event.preventDefault();
      keep();
      tell(form, "现在没有信号，内容已存在这部手机里，有信号后再点一次。");
    }
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

function tell(form, sentence, way, go) {
  form.querySelector("[data-told]")?.remove();
  const note = document.createElement("div");
  note.className = "notice";
  note.dataset.told = "";
  note.setAttribute("role", "status");
  note.append(sentence);
  if (way) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "text-button";
    button.textContent = way;
    button.addEventListener("click", go);
    note.append(button);
  }
  form.prepend(note);
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
  const words = cells.querySelector("[data-start]");
  const known = words.textContent;
  const first = form.querySelector("[name=start_cell]:checked")?.value;
  const number = (name) => Number(form.querySelector(`[name=${name}]`)?.value) || 0;
  const draw = () => {
    const start = Number(form.querySelector("[name=start_cell]:checked")?.value || 1);
    const count = number("count") * (number("copies") || 1);
    words.textContent = String(start) === first ? known : `从第 ${start} 格开始`;
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
