import { signal } from "@preact/signals";
import { fromFiles, fromTransfer } from "../state/incoming";
import { give } from "./give";

/** True while files hover over the page. */
export const dragging = signal(false);

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

let depth = 0;

/**
 * Resets the drag: the window around the page has taken the drop, so the page gets no drop event.
 */
export const forgetDrag = (): void => {
  depth = 0;
  dragging.value = false;
};

/** The whole page accepts drops and pastes; there is no small target to miss. */
export const listenForFiles = (): void => {
  addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth += 1;
    dragging.value = true;
  });
  addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  addEventListener("dragleave", (event) => {
    if (!hasFiles(event)) return;
    depth = Math.max(0, depth - 1);
    if (depth === 0) dragging.value = false;
  });
  addEventListener("drop", (event) => {
    forgetDrag();
    if (!event.dataTransfer || !hasFiles(event)) return;
    event.preventDefault();
    const source = fromTransfer(event.dataTransfer);
    if (source) void give(source);
  });
  addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    void give(fromFiles(files));
  });
};
