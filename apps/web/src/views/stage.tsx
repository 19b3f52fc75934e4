import { useSignal } from "@preact/signals";
import type { ComponentChildren, CSSProperties, TargetedEvent } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { look, type Look } from "../state/look";
import { fitView, hold, inPane, paneOf, zoomAt, type Size, type View } from "../state/view";
import { Divider } from "./divider";
import { StageTools } from "./stagetools";

const step = 1.25;
const most_scale = 32;
const pan_step = 48;
/** Slow enough to see either picture, and far below three flashes per second, in ms. */
const flicker_ms = 700;
/** Size of the checkerboard behind transparent areas, in CSS pixels. */
const check_size = 18;

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
  /** The size of either picture in pixels, once it is known. */
  onSize: (which: "before" | "after", size: Size) => void;
}

const Wait = ({ children, low = false }: { children: ComponentChildren; low?: boolean }) => (
  <p class={low ? "stage-wait low" : "stage-wait"} role="status">
    <span class="ring" aria-hidden="true" /> {children}
  </p>
);

/** Which picture the flicker mode shows now, and whether it alternates automatically. */
const useFlicker = (on: boolean) => {
  const turned = useSignal(false);
  const playing = useSignal(!matchMedia("(prefers-reduced-motion: reduce)").matches);
  useEffect(() => {
    if (!on || !playing.value) return undefined;
    const timer = setInterval(() => (turned.value = !turned.value), flicker_ms);
    return () => clearInterval(timer);
  }, [on, playing.value]);
  const flip = () => {
    playing.value = false;
    turned.value = !turned.value;
  };
  return { turned, playing, flip };
};

/** The visible part of the stage for each of the two pictures. */
const layersOf = (now: Look, upright: boolean, part: number, turned: boolean): { before: CSSProperties; after: CSSProperties } => {
  switch (now) {
    case "divider":
      return { before: { clipPath: `inset(0 ${(1 - part) * 100}% 0 0)` }, after: { clipPath: `inset(0 0 0 ${part * 100}%)` } };
    case "sides":
      return upright ? { before: { bottom: "50%" }, after: { top: "50%" } } : { before: { right: "50%" }, after: { left: "50%" } };
    case "flicker":
      return { before: { visibility: turned ? "hidden" : "visible" }, after: { visibility: turned ? "visible" : "hidden" } };
  }
};

export const Stage = (props: StageProps) => {
  const stage = useRef<HTMLDivElement>(null);
  const part = useSignal(0.5);
  const picture = useSignal<Size | null>(null);
  const view = useSignal<View>({ x: 0, y: 0, scale: 1 });
  /** True: follows changes in the size of the stage. */
  const fitted = useSignal(true);
  const upright = useSignal(false);
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const now = look.value;
  const { turned, playing, flip } = useFlicker(now === "flicker");

  const whole = (): Size => ({ width: stage.current?.clientWidth ?? 1, height: stage.current?.clientHeight ?? 1 });
  /** The size of the area for a picture: the stage, or half of it. */
  const size = (): Size => paneOf(whole(), look.peek() === "sides");
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
  const inPicture = (event: { clientX: number; clientY: number }) => inPane(inside(event), size());

  useLayoutEffect(() => {
    const element = stage.current;
    if (!element) return undefined;
    const watcher = new ResizeObserver(() => {
      const { width, height } = whole();
      upright.value = height > width;
      if (fitted.peek()) fit();
    });
    watcher.observe(element);
    // Preact's listeners may be passive; this one must prevent scrolling.
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
      zoomTo(view.peek().scale * Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0025)), inPicture(event));
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      watcher.disconnect();
      element.removeEventListener("wheel", wheel);
    };
  }, []);
  // Before the browser can have loaded the next picture, whose size comes with its load event.
  useLayoutEffect(() => {
    picture.value = null;
    fitted.value = true;
  }, [props.before]);
  useLayoutEffect(() => {
    if (fitted.peek()) fit();
    else place(view.peek());
  }, [now, upright.value]);

  const move = (event: PointerEvent) => {
    const known = pointers.current.get(event.pointerId);
    if (!known) return;
    const here = inside(event);
    const others = [...pointers.current].filter(([id]) => id !== event.pointerId);
    const other = others[0]?.[1];
    if (other) {
      const was = Math.hypot(known.x - other.x, known.y - other.y);
      const is = Math.hypot(here.x - other.x, here.y - other.y);
      if (was > 0) zoomTo((view.value.scale * is) / was, inPane({ x: (here.x + other.x) / 2, y: (here.y + other.y) / 2 }, size()));
    } else pan(here.x - known.x, here.y - known.y);
    pointers.current.set(event.pointerId, here);
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
      ...(now === "flicker" ? { " ": flip } : {}),
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
    : { display: "none" };
  const pixels = scale * devicePixelRatio >= 2.9 ? "picture pixels" : "picture";
  const ground = <div class="ground" style={{ ...lies, backgroundSize: `${check_size / scale}px ${check_size / scale}px` }} />;
  const loaded = (which: "before" | "after") => (event: TargetedEvent<HTMLImageElement>) => {
    const found = { width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight };
    props.onSize(which, found);
    if (which === "after") return;
    picture.value = found;
    fit();
  };
  const layers = layersOf(now, upright.value, part.value, turned.value);
  const ready = props.before !== null && props.after !== null;
  const one = now === "flicker";
  return (
    <div class="stage-frame">
      <div
        ref={stage}
        class={`stage in-${now}${upright.value ? " upright" : ""}`}
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
        onDblClick={(event) => (fitted.value ? zoomTo(1 / devicePixelRatio, inPicture(event)) : fit())}
      >
        <div class="layer after" style={layers.after}>
          {ready && ground}
          {props.after && <img class={pixels} src={props.after} alt={t("compare.after")} draggable={false} style={lies} onLoad={loaded("after")} />}
        </div>
        <div class="layer before" style={layers.before}>
          {ready && ground}
          {props.before && <img class={pixels} src={props.before} alt={t("compare.before")} draggable={false} style={lies} onLoad={loaded("before")} />}
        </div>
        {props.map && (
          <div class="layer" style={now === "sides" ? layers.after : {}}>
            {/* Below the map of the picture there is a legend, which is cut off here. */}
            <div class="map" style={{ ...lies, opacity: props.opacity }}>
              <img class={pixels} src={props.map} alt={t("compare.mapHint")} draggable={false} />
            </div>
          </div>
        )}
        {!(one && turned.value) && <span class="tag left">{props.beforeLabel}</span>}
        {!(one && !turned.value) && <span class={one ? "tag left" : "tag right"}>{props.afterLabel}</span>}
        {ready && now === "divider" && <Divider part={part} stage={stage} />}
        {!ready ? <Wait>{t("common.loading")}</Wait> : props.mapOn && !props.map ? <Wait low>{t("compare.mapMaking")}</Wait> : null}
      </div>
      <StageTools
        {...props}
        scale={scale}
        fitted={fitted.value}
        onZoom={(way) => zoomTo(way === "in" ? view.value.scale * step : view.value.scale / step)}
        onFit={fit}
        onFull={full}
        playing={playing.value}
        onPlay={() => (playing.value = !playing.value)}
        onFlip={flip}
      />
    </div>
  );
};
