import { useSignal, type Signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { percent } from "../i18n/format";
import { fitView, hold, zoomAt, type Size, type View } from "../state/view";
import { Button, Switch } from "../ui/controls";
import { MinusIcon, PlusIcon } from "../ui/icons";

const step = 1.25;
const most_scale = 32;
const pan_step = 48;

interface StageProps {
  before: string | null;
  after: string | null;
  map: string | null;
  /** 0..1 */
  opacity: number;
  beforeLabel: string;
  afterLabel: string;
  onMap: (on: boolean) => void;
  mapOn: boolean;
  onOpacity: (value: number) => void;
}

const Divider = ({ part, stage }: { part: Signal<number>; stage: { current: HTMLElement | null } }) => {
  const set = (value: number) => (part.value = Math.min(1, Math.max(0, value)));
  const toPointer = (event: PointerEvent) => {
    const box = stage.current?.getBoundingClientRect();
    if (box) set((event.clientX - box.left) / box.width);
  };
  return (
    <div
      class="divider"
      role="slider"
      tabIndex={0}
      aria-label={t("compare.divider")}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(part.value * 100)}
      aria-valuetext={t("compare.dividerValue", { percent: percent(part.value, 0) })}
      style={{ left: `${part.value * 100}%` }}
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) toPointer(event);
      }}
      onKeyDown={(event) => {
        const by = event.shiftKey ? 0.1 : 0.02;
        const to: Record<string, number> = {
          ArrowLeft: part.value - by,
          ArrowDown: part.value - by,
          ArrowRight: part.value + by,
          ArrowUp: part.value + by,
          PageDown: part.value - 0.2,
          PageUp: part.value + 0.2,
          Home: 0,
          End: 1,
        };
        const value = to[event.key];
        if (value === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        set(value);
      }}
    >
      <span class="handle" aria-hidden="true">
        <svg width="18" height="18" viewBox="0 0 18 18">
          <path d="M7 4 2.5 9 7 14M11 4l4.5 5-4.5 5" />
        </svg>
      </span>
    </div>
  );
};

export const Stage = (props: StageProps) => {
  const stage = useRef<HTMLDivElement>(null);
  const part = useSignal(0.5);
  const picture = useSignal<Size | null>(null);
  const view = useSignal<View>({ x: 0, y: 0, scale: 1 });
  /** True: follows the stage when that changes its size. */
  const fitted = useSignal(true);
  const pointers = useRef(new Map<number, { x: number; y: number }>());

  const size = (): Size => ({ width: stage.current?.clientWidth ?? 1, height: stage.current?.clientHeight ?? 1 });
  const place = (next: View) => {
    if (picture.value) view.value = hold(next, size(), picture.value);
  };
  const fit = () => {
    fitted.value = true;
    if (picture.value) view.value = fitView(size(), picture.value, devicePixelRatio);
  };
  const zoomTo = (scale: number, at?: { x: number; y: number }) => {
    const { width, height } = size();
    if (!picture.value) return;
    fitted.value = false;
    const least = Math.min(0.05, fitView(size(), picture.value, devicePixelRatio).scale / 2);
    place(zoomAt(view.value, at ?? { x: width / 2, y: height / 2 }, Math.min(most_scale, Math.max(least, scale))));
  };
  const full = () => zoomTo(1 / devicePixelRatio);
  const pan = (x: number, y: number) => {
    fitted.value = false;
    place({ ...view.value, x: view.value.x + x, y: view.value.y + y });
  };
  const inside = (event: { clientX: number; clientY: number }) => {
    const box = stage.current?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  };

  useLayoutEffect(() => {
    const element = stage.current;
    if (!element) return undefined;
    const watcher = new ResizeObserver(() => fitted.peek() && fit());
    watcher.observe(element);
    // Preact's listeners may be passive; this one has to keep the page from scrolling.
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
      zoomTo(view.peek().scale * Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0025)), inside(event));
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      watcher.disconnect();
      element.removeEventListener("wheel", wheel);
    };
  }, []);
  // Before the browser can have loaded the next picture, whose size then comes with its load event.
  useLayoutEffect(() => {
    picture.value = null;
    fitted.value = true;
  }, [props.before]);

  const move = (event: PointerEvent) => {
    const known = pointers.current.get(event.pointerId);
    if (!known) return;
    const now = inside(event);
    const others = [...pointers.current].filter(([id]) => id !== event.pointerId);
    const other = others[0]?.[1];
    if (other) {
      const was = Math.hypot(known.x - other.x, known.y - other.y);
      const is = Math.hypot(now.x - other.x, now.y - other.y);
      if (was > 0) zoomTo((view.value.scale * is) / was, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    } else pan(now.x - known.x, now.y - known.y);
    pointers.current.set(event.pointerId, now);
  };
  const lift = (event: PointerEvent) => pointers.current.delete(event.pointerId);

  const key = (event: KeyboardEvent) => {
    if (event.target !== stage.current || event.ctrlKey || event.metaKey) return;
    const actions: Record<string, () => void> = {
      ArrowLeft: () => pan(pan_step, 0),
      ArrowRight: () => pan(-pan_step, 0),
      ArrowUp: () => pan(0, pan_step),
      ArrowDown: () => pan(0, -pan_step),
      "+": () => zoomTo(view.value.scale * step),
      "=": () => zoomTo(view.value.scale * step),
      "-": () => zoomTo(view.value.scale / step),
      "0": fit,
      "1": full,
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };

  const { x, y, scale } = view.value;
  const box = picture.value;
  const lies = box
    ? { width: `${box.width}px`, height: `${box.height}px`, transform: `translate(${x}px, ${y}px) scale(${scale})` }
    : { visibility: "hidden" };
  const pixels = scale * devicePixelRatio >= 2.9 ? "picture pixels" : "picture";
  return (
    <div class="stage-frame">
      <div
        ref={stage}
        class="stage"
        tabIndex={0}
        role="group"
        aria-label={t("compare.stage")}
        onKeyDown={key}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          pointers.current.set(event.pointerId, inside(event));
        }}
        onPointerMove={move}
        onPointerUp={lift}
        onPointerCancel={lift}
        onDblClick={(event) => (fitted.value ? zoomTo(1 / devicePixelRatio, inside(event)) : fit())}
      >
        <div class="layer">{props.after && <img class={pixels} src={props.after} alt={t("compare.after")} draggable={false} style={lies} />}</div>
        <div class="layer" style={{ clipPath: `inset(0 ${(1 - part.value) * 100}% 0 0)` }}>
          {props.before && (
            <img
              class={pixels}
              src={props.before}
              alt={t("compare.before")}
              draggable={false}
              style={lies}
              onLoad={(event) => {
                picture.value = { width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight };
                fit();
              }}
            />
          )}
        </div>
        {props.map && (
          <div class="layer">
            {/* Below the map of the picture there is a legend, which is cut off here. */}
            <div class="map" style={{ ...lies, opacity: props.opacity }}>
              <img class={pixels} src={props.map} alt={t("compare.mapHint")} draggable={false} />
            </div>
          </div>
        )}
        {!(props.before && props.after) && <div class="stage-wait" aria-label={t("common.loading")} role="img" />}
        <span class="tag left">{props.beforeLabel}</span>
        <span class="tag right">{props.afterLabel}</span>
        <Divider part={part} stage={stage} />
      </div>
      <div class="stage-tools" role="toolbar" aria-label={t("compare.view")}>
        <span class="tool-group">
          <Button kind="quiet" label={t("compare.zoomOut")} onClick={() => zoomTo(view.value.scale / step)}>
            <MinusIcon />
          </Button>
          <span class="zoom" aria-live="polite">
            {percent(scale * devicePixelRatio, 0)}
          </span>
          <Button kind="quiet" label={t("compare.zoomIn")} onClick={() => zoomTo(view.value.scale * step)}>
            <PlusIcon />
          </Button>
          <Button kind="quiet" aria-pressed={fitted.value} onClick={fit}>
            {t("compare.fit")}
          </Button>
          <Button kind="quiet" aria-pressed={!fitted.value && Math.abs(scale * devicePixelRatio - 1) < 0.001} onClick={full}>
            {t("compare.full")}
          </Button>
        </span>
        <span class="tool-group">
          <Switch label={t("compare.map")} checked={props.mapOn} onChange={props.onMap} />
          <input
            type="range"
            class={props.mapOn ? "" : "unseen"}
            min={10}
            max={100}
            value={props.opacity * 100}
            aria-label={t("compare.opacity")}
            style={{ "--part": `${((props.opacity * 100 - 10) / 90) * 100}%` }}
            onInput={(event) => props.onOpacity(Number(event.currentTarget.value) / 100)}
          />
        </span>
      </div>
    </div>
  );
};
