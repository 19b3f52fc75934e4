import { persistently } from "../api/patience";
import type { Info } from "../api/types";

/** A file that the user gave: its relative path, and its bytes when they are wanted. */
export interface Incoming {
  name: string;
  file: () => Promise<File>;
}
/** A folder that the user gave and that cannot be read. */
export interface Unreadable {
  name: string;
  error: unknown;
}
export type Given = AsyncIterable<Incoming | Unreadable>;

/** A folder that says nothing for so long is asked once more, and then left out, ms. */
const folder_ms = 20_000;

const readAll = async (folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> => {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    // Gives 100 at most each time, and none when there are no more.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
};

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/** Walks dropped entries, folders in order of their names. */
export async function* walk(entries: readonly FileSystemEntry[], patience_ms = folder_ms): AsyncGenerator<Incoming | Unreadable> {
  for (const entry of entries) {
    if (isFile(entry)) {
      yield {
        name: entry.fullPath.replace(/^\/+/, ""),
        file: () => new Promise<File>((resolve, reject) => entry.file(resolve, reject)),
      };
    } else if (isFolder(entry)) {
      let inside: FileSystemEntry[];
      try {
        inside = await persistently(2, patience_ms, () => readAll(entry));
      } catch (error) {
        yield { name: entry.fullPath.replace(/^\/+/, ""), error };
        continue;
      }
      inside.sort((a, b) => (a.name < b.name ? -1 : 1));
      yield* walk(inside, patience_ms);
    }
  }
}

/** Must be called while the drop event is handled: afterwards the browser hides what was dropped. */
export const fromTransfer = (transfer: DataTransfer): Given | null => {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length > 0 && entries.length === items.length) return walk(entries);
  const files = [...transfer.files];
  return files.length > 0 ? fromFiles(files) : null;
};

export async function* fromFiles(files: Iterable<File>): AsyncGenerator<Incoming> {
  for (const file of files) {
    yield { name: file.webkitRelativePath || file.name || "image", file: () => Promise.resolve(file) };
  }
}

/** Tells image files by their extension. Without the server's list everything passes: the server looks at the bytes. */
export const imageTest = (info: Pick<Info, "formats"> | null): ((name: string) => boolean) => {
  if (!info) return () => true;
  const known = new Set(info.formats.filter((row) => row.read).flatMap((row) => row.extensions.map((text) => text.replace(/^\./, "").toLowerCase())));
  return (name) => {
    const leaf = name.slice(name.lastIndexOf("/") + 1);
    const dot = leaf.lastIndexOf(".");
    // What systems leave in folders (.DS_Store, ._photo.jpg) is nobody's picture.
    return dot > 0 && !leaf.startsWith("._") && known.has(leaf.slice(dot + 1).toLowerCase());
  };
};

/** Gives every name once: the second a.png becomes a-2.png. */
export class UniqueNames {
  private readonly taken = new Set<string>();

  take(name: string): string {
    let free = name;
    for (let number = 2; this.taken.has(free); number += 1) {
      const dot = name.lastIndexOf(".");
      const at = dot > name.lastIndexOf("/") ? dot : name.length;
      free = `${name.slice(0, at)}-${number}${name.slice(at)}`;
    }
    this.taken.add(free);
    return free;
  }
}
