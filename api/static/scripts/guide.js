/** The guide: a conversation beside the results that narrows them down, one question at a time. */

import { guide } from "./api.js";
import { button, h, link } from "./dom.js";
import { guideFilter } from "./guide_filter.js";
import { language, texts } from "./i18n.js";
import { latestOnly } from "./latest.js";
import { problemState } from "./notices.js";
import { priceLine } from "./offer.js";
import { href, view } from "./state.js";
import { visitorNames } from "./visitor.js";

/**
 * @typedef {import("./api.js").GuideTurn} GuideTurn
 * @typedef {{before: GuideTurn, asked: string, said: string}} Step  one question with its answer, and the turn that asked it
 */

const BEST = 3;
const FULL = 100;

/** Make the guide: a button that opens it, and its place. */
export function createGuide() {
  const t = texts();
  const newest = latestOnly();
  /** @type {import("./state.js").View} */
  let shown = view();
  let about = "";
  /** @type {Step[]} */
  let steps = [];

  const heading = h("h2", { id: "guide-title", class: "guide-title", tabindex: -1 }, t.guideTitle);
  const left = h("p", { class: "guide-left", role: "status" });
  const said = h("ol", { class: "guide-said", "aria-label": t.guideSaid });
  const question = h("div", { class: "guide-question" });
  const best = h("div", { class: "guide-best" });
  const element = h(
    "section",
    { class: "guide", id: "guide", "aria-labelledby": "guide-title", hidden: true },
    h("div", { class: "guide-head" }, heading, button({ class: "quiet-button" }, close, t.guideClose)),
    left,
    said,
    question,
    best,
  );
  const opener = button(
    { class: "button button-second open-guide", "aria-expanded": "false", "aria-controls": "guide" },
    () => (element.hidden ? open() : close()),
    t.guideOpen,
  );

  function open() {
    element.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    void begin();
    heading.focus();
  }

  function close() {
    element.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    void newest(async () => null);
    opener.focus();
  }

  function begin() {
    steps = [];
    about = aboutOf(shown);
    return ask({ query: shown.query, filter: guideFilter(shown.choices) });
  }

  /**
   * Take one turn and draw what comes of it.
   * @param {object} body
   */
  async function ask(body) {
    element.setAttribute("aria-busy", "true");
    try {
      const whole = { ...body, ...visitorNames(), locale: language() };
      const turn = await newest((signal) => guide(shown.catalog, whole, signal));
      if (turn !== null) draw(turn);
    } catch (error) {
      question.replaceChildren(problemState(error, () => void ask(body)));
    }
    element.setAttribute("aria-busy", "false");
  }

  /** @param {GuideTurn} turn */
  function draw(turn) {
    left.textContent = [texts().guideLeft(turn.remaining), ...turn.relaxed].join(" ");
    said.replaceChildren(
      ...steps.map((step, at) =>
        h(
          "li",
          {},
          h("span", { class: "guide-asked" }, step.asked),
          h("span", { class: "guide-answer" }, step.said),
          button(
            { class: "quiet-button", "aria-label": t.guideChangeOf(step.asked) },
            () => {
              steps = steps.slice(0, at);
              draw(step.before);
              focusQuestion();
            },
            t.guideChange,
          ),
        ),
      ),
    );
    const asked = turn.question;
    question.replaceChildren(
      asked === null ? h("p", { class: "guide-done" }, t.guideDone) : questionForm(turn, asked),
    );
    best.replaceChildren(...bestOf(turn));
  }

  /**
   * @param {GuideTurn} turn
   * @param {import("./api.js").GuideQuestion} asked
   */
  function questionForm(turn, asked) {
    /** @param {unknown} value @param {string} answer */
    const reply = async (value, answer) => {
      steps = [...steps, { before: turn, asked: asked.text, said: answer }];
      await ask({ conversation_id: turn.conversation_id, answers: [{ question_id: asked.id, value }] });
      focusQuestion();
    };
    const words = h("input", { type: "text", id: "guide-words", maxlength: 200, autocomplete: "off" });
    const form = h(
      "form",
      { class: "guide-words" },
      h("label", { for: "guide-words" }, t.guideWords),
      h("div", { class: "guide-words-line" }, words, h("button", { class: "button button-second" }, t.guideSend)),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = words.value.trim();
      if (text) void reply(text, text);
    });
    const most = Math.max(...asked.options.map(({ count }) => count));
    return h(
      "div",
      { role: "group", "aria-labelledby": "guide-asks" },
      h("h3", { id: "guide-asks", class: "guide-asks", tabindex: -1 }, asked.text),
      asked.help && h("p", { class: "guide-help" }, asked.help),
      asked.picture && h("img", { class: "guide-picture", src: asked.picture, alt: "" }),
      h(
        "ul",
        { class: "guide-options" },
        asked.options.map((option) =>
          h("li", {}, optionButton(option, most, () => void reply(option.value, option.label))),
        ),
      ),
      h(
        "div",
        { class: "guide-ways-out" },
        button({ class: "button button-second" }, () => void reply(null, t.guideUnknown), t.guideUnknown),
        button({ class: "button button-second" }, () => void reply("any", t.guideAny), t.guideAny),
      ),
      form,
    );
  }

  /** @param {GuideTurn} turn */
  function bestOf({ candidates, remaining }) {
    const few = candidates.slice(0, remaining > candidates.length ? BEST : candidates.length);
    if (!few.length) return [];
    return [
      h("h3", {}, remaining > few.length ? t.guideBest : t.guideAll),
      h(
        "ol",
        { class: "guide-candidates" },
        few.map(({ id, product, price, explanation }) =>
          h(
            "li",
            {},
            link(href(view({ catalog: shown.catalog, product: id })), {}, product.title),
            priceLine(price),
            explanation && h("p", { class: "guide-why" }, explanation.text),
          ),
        ),
      ),
    ];
  }

  function focusQuestion() {
    const next = question.querySelector("h3");
    (next instanceof HTMLElement ? next : heading).focus();
  }

  return {
    element,
    opener,
    /**
     * Follow a view: another query or other filters begin another conversation.
     * @param {import("./state.js").View} next
     */
    follow(next) {
      shown = next;
      if (!element.hidden && aboutOf(next) !== about) void begin();
    },
    /** The visitor left: an answer on its way is no longer wanted. */
    leave() {
      void newest(async () => null);
    },
  };
}

/**
 * Draw an option: its name, how many products it leaves, and a bar of the same length as a picture of that.
 * @param {import("./api.js").GuideOption} option
 * @param {number} most
 * @param {() => void} choose
 */
function optionButton({ label, count, picture }, most, choose) {
  const bar = h("span", { class: "guide-bar", "aria-hidden": "true" });
  bar.style.inlineSize = `${(FULL * count) / most}%`;
  return button(
    { class: "guide-option" },
    choose,
    picture && h("img", { src: picture, alt: "" }),
    h("span", { class: "guide-option-name" }, label),
    h("span", { class: "guide-option-count" }, texts().guideCount(count)),
    bar,
  );
}

/** @param {import("./state.js").View} shown */
function aboutOf({ catalog, query, choices }) {
  return JSON.stringify([catalog, query, choices]);
}
