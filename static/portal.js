/* Small comforts where script runs; nothing depends on it. */
"use strict";

// A second press on a slow line would send the form twice. The button stays enabled, or its name would not be sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
});

// A page that comes back from the browser's memory may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
});

// Printing needs script, so its button shows only here: <button type="button" class="button quiet" data-print hidden>.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Everything that can be seen, a piece for each block and language: the words of a block in their order, its links too.
function spoken(root) {
  const told = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.textContent, at = walker.currentNode.parentElement;
    if (!words.trim() || !at.checkVisibility() || at.closest("[aria-hidden=true], script, style, option")) continue;
    let block = at;
    while (getComputedStyle(block).display.startsWith("inline")) block = block.parentElement;
    const lang = at.closest("[lang]").lang, last = told.at(-1);
    if (last?.block === block && last.lang === lang) last.words += ` ${words}`;
    else told.push({ block, lang, words });
  }
  return told;
}

// Large type reads aloud where the device itself can speak the language: a voice from elsewhere would send the text away.
for (const button of document.querySelectorAll("[data-read]")) {
  if (!window.speechSynthesis) break;
  const speech = window.speechSynthesis;
  const names = [button.textContent, button.dataset.read];
  const voiceFor = (lang) => speech.getVoices().find((one) => one.localService && one.lang.slice(0, 2) === lang.slice(0, 2));
  const settle = (reading) => {
    button.hidden = !voiceFor(document.documentElement.lang);
    button.textContent = names[Number(reading)];
    button.setAttribute("aria-pressed", reading);
  };
  const stop = () => { speech.cancel(); settle(false); };
  settle(false);
  speech.addEventListener("voiceschanged", () => settle(speech.speaking));
  addEventListener("pagehide", stop);
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-pressed") === "true") return stop();
    const told = spoken(document.querySelector("main"));
    settle(true);
    for (const one of told) {
      const said = new SpeechSynthesisUtterance(one.words.trim());
      said.lang = one.lang;
      said.voice = voiceFor(said.lang) ?? null;
      said.rate = 0.85;
      if (one === told.at(-1)) said.addEventListener("end", () => settle(false));
      if (said.text && said.voice) speech.speak(said);
    }
  });
}
