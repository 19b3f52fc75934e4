import type { Signal } from "@preact/signals";
import { t } from "../i18n";
import { percent } from "../i18n/format";

/** The handle between two stacked pictures. `part`: the share of the width before it, 0..1. */
export const Divider = ({ part, stage }: { part: Signal<number>; stage: { current: HTMLElement | null } }) => {
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
