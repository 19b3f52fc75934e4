// The rows of the list, drawn without the framework: during scrolling, some fifteen of them change
// to other images in every frame, and only the texts that differ are updated. In the document, rows
// stay in the order of the images, for screen readers.
import { render, type ComponentChild } from "preact";
import type { Image, ImageState } from "../api/types";
import { t } from "../i18n";
import { bytes, change, score } from "../i18n/format";
import { reasonOf } from "../i18n/reasons";
import { savedShare } from "../state/order";
import type { OpenJob } from "../state/job";
import { wantThumbnail } from "../state/thumbnails";
import { Button } from "../ui/controls";
import { outcomeOf } from "./describe";
import { CheckIcon, Mark, RetryIcon, WarnIcon } from "../ui/icons";

/** Must equal --row in list.css: positions are computed, never measured. CSS pixels. */
export const row_height = 64;

const make = (name: "div" | "span", style: string, parent?: Element, role?: string): HTMLElement => {
  const element = document.createElement(name);
  element.className = style;
  if (role !== undefined) element.setAttribute("role", role);
  parent?.append(element);
  return element;
};

/** A text that is written only if it changes. */
class Words {
  private readonly node = document.createTextNode("");
  private now = "";

  constructor(parent: Element) {
    parent.append(this.node);
  }

  say(text: string): void {
    if (text === this.now) return;
    this.now = text;
    this.node.data = text;
  }
}

const models = new Map<string, Element>();
/** A clone of what `content` renders; rendered once. */
const copyOf = (name: string, content: () => ComponentChild): Element => {
  let model = models.get(name);
  if (!model) {
    const holder = document.createElement("span");
    render(content(), holder);
    model = holder.firstElementChild ?? holder;
    models.set(name, model);
  }
  return model.cloneNode(true) as Element;
};

const iconOf = (state: ImageState): Element[] => {
  switch (state) {
    case "done":
    case "kept":
      return [copyOf("check", () => <CheckIcon size={16} />)];
    case "working":
      return [copyOf("mark", () => <Mark size={16} turning />)];
    case "failed":
      return [copyOf("warn", () => <WarnIcon size={16} />)];
    default:
      return [];
  }
};

class Row {
  readonly element = make("div", "row", undefined, "row");
  image: Image | null = null;
  private at = -1;
  private selected = false;
  private language = "";
  private style = "";
  private readonly thumb = make("span", "cell-thumb thumb", this.element, "gridcell");
  private readonly cell_name = make("span", "cell-name", this.element, "gridcell");
  private readonly name_line = make("span", "name-line cut", this.cell_name);
  private readonly name = new Words(this.name_line);
  private readonly hint_line = make("span", "hint cut", this.cell_name);
  private readonly hint = new Words(this.hint_line);
  private readonly before = new Words(make("span", "cell-before", this.element, "gridcell"));
  private readonly cell_after = make("span", "cell-after", this.element, "gridcell");
  private readonly arrow_mark = make("span", "arrow", this.cell_after);
  private readonly arrow = new Words(this.arrow_mark);
  private readonly after = new Words(this.cell_after);
  private readonly cell_saved = make("span", "cell-saved", this.element, "gridcell");
  private readonly share_line = make("span", "gain", this.cell_saved);
  private readonly share = new Words(this.share_line);
  private readonly mini = make("span", "mini", this.cell_saved);
  private readonly score = new Words(make("span", "cell-score", this.element, "gridcell"));
  private readonly cell_state = make("span", "cell-state", this.element, "gridcell");
  private state = "";
  private path: string | null = null;
  private picture: HTMLImageElement | null = null;
  private release: (() => void) | null = null;

  constructor() {
    this.arrow_mark.setAttribute("aria-hidden", "true");
    this.mini.setAttribute("aria-hidden", "true");
  }

  /** `picked`: null unless in selection mode. */
  show(open: OpenJob, image: Image, at: number, selected: boolean, picked: boolean | null, language: string, hurried: boolean): void {
    if (at !== this.at) {
      this.at = at;
      this.element.setAttribute("aria-rowindex", String(at + 2));
      // Each row on its own: rows moved by their container would count as a layout shift.
      this.element.style.transform = `translateY(${at * row_height}px)`;
    }
    const told = picked ?? selected;
    if (told !== this.selected || this.image === null) {
      this.selected = told;
      this.element.setAttribute("aria-selected", String(told));
    }
    const style = `row ${image.state}${selected ? " selected" : ""}${picked ? " picked" : ""}`;
    if (style !== this.style) this.element.className = this.style = style;
    if (image === this.image && language === this.language) {
      return;
    }
    if (image.index !== this.image?.index) this.element.id = `row-${image.index}`;
    this.picturePath(image.state === "failed" ? null : open.imagePath(image.index, "/thumbnail?size=96"), hurried);
    this.image = image;
    this.language = language;

    const slash = image.name.lastIndexOf("/") + 1;
    this.name.say(image.name.slice(slash));
    this.name_line.title = image.name;
    const reason = image.error ? reasonOf(image.error) : null;
    this.hint.say(reason ? reason.text : outcomeOf(image));
    const detail = reason?.detail ?? "";
    if (this.hint_line.title !== detail) this.hint_line.title = detail;
    this.before.say(bytes(image.original_size));
    this.arrow.say(image.optimized_size === null ? "" : "→");
    this.after.say(image.optimized_size === null ? "" : bytes(image.optimized_size));
    const saved = savedShare(image);
    this.share.say(saved === null ? "" : change(saved));
    if (saved !== null) {
      const kind = saved > 0 ? "gain" : "soft";
      if (this.share_line.className !== kind) this.share_line.className = kind;
      this.mini.style.backgroundSize = `${(Math.max(0, saved) * 100).toFixed(1)}% 100%`;
    }
    this.score.say(image.score === null ? "" : score(image.score));
    this.stateOf(image, language);
  }

  private stateOf(image: Image, language: string): void {
    const again = image.state === "failed" || image.state === "cancelled";
    const key = again ? `${language} again ${image.name}` : `${language} ${image.state}`;
    if (key === this.state) return;
    this.state = key;
    if (again) {
      const button = copyOf("retry", () => (
        <Button kind="quiet" class="row-retry" tabIndex={-1}>
          <RetryIcon size={16} />
        </Button>
      ));
      button.setAttribute("aria-label", `${t("common.retry")}: ${image.name}`);
      make("span", "state-text", button).textContent = t("common.retry");
      this.cell_state.replaceChildren(button);
      return;
    }
    const state = make("span", `state ${image.state}`);
    state.append(...iconOf(image.state));
    make("span", "state-text", state).textContent = t(`image.${image.state}`);
    this.cell_state.replaceChildren(state);
  }

  /** Rows that are scrolled past neither request nor draw a picture. */
  private picturePath(path: string | null, hurried: boolean): void {
    if (path === this.path) return;
    this.rest();
    this.path = path;
    if (path === null) return;
    this.release = wantThumbnail(path, hurried, (url) => {
      if (url === "none") return;
      this.picture = new Image(48, 48);
      this.picture.alt = "";
      this.picture.decoding = "async";
      this.picture.src = url;
      this.thumb.append(this.picture);
    });
  }

  /** Releases resources held for this row. */
  rest(): void {
    this.release?.();
    this.release = null;
    this.picture?.remove();
    this.picture = null;
    this.path = null;
  }
}

export class Rows {
  /** In document order. */
  private shown: Row[] = [];
  private readonly spare: Row[] = [];
  private first = 0;

  constructor(
    private readonly open: OpenJob,
    private readonly holder: HTMLElement,
  ) {}

  /**
   * Shows `count` of `images` from `first` on. `picked`: the selection, if in selection mode.
   * `hurried`: the rows will change again before anybody has seen these. Returns true if the
   * `active` image is among them.
   */
  draw(images: readonly Image[], first: number, count: number, active: number | null, picked: ReadonlySet<number> | null, language: string, hurried: boolean): boolean {
    this.turn(first - this.first, count);
    this.first = first;
    while (this.shown.length > count) this.drop(this.shown.pop());
    while (this.shown.length < count) {
      const row = this.spare.pop() ?? new Row();
      this.shown.push(row);
      this.holder.append(row.element);
    }
    let there = false;
    this.shown.forEach((row, at) => {
      const image = images[first + at];
      if (!image) return;
      const selected = image.index === active;
      there ||= selected;
      row.show(this.open, image, first + at, selected, picked && picked.has(image.index), language, hurried);
    });
    return there;
  }

  /** The image of the row that contains an element of the page. */
  imageAt(target: EventTarget | null): Image | null {
    const element = target instanceof Element ? target.closest(".row") : null;
    return this.shown.find((row) => row.element === element)?.image ?? null;
  }

  end(): void {
    for (const row of this.shown) this.drop(row);
    this.shown = [];
  }

  /** Small steps move rows from one end to the other; a jump leaves all in place. */
  private turn(steps: number, count: number): void {
    if (Math.abs(steps) > count / 2) return;
    for (let left = steps; left > 0; left -= 1) {
      const row = this.shown.shift();
      if (!row) return;
      this.shown.push(row);
      this.holder.append(row.element);
    }
    for (let left = steps; left < 0; left += 1) {
      const row = this.shown.pop();
      if (!row) return;
      this.shown.unshift(row);
      this.holder.prepend(row.element);
    }
  }

  private drop(row: Row | undefined): void {
    if (!row) return;
    row.rest();
    row.image = null;
    row.element.remove();
    this.spare.push(row);
  }
}
