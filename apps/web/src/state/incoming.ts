import { persistently } from "../api/patience";
import type { Info } from "../api/types";

/** A file given by the user: its relative path, and its bytes on demand. */
export interface Incoming {
  name: string;
  file: () => Promise<File>;
}
/** A folder given by the user that cannot be read. */
export interface Unreadable {
  name: string;
  error: unknown;
}
export type Given = AsyncIterable<Incoming | Unreadable>;

/** Time limit for reading a folder; it is retried once and then skipped, in ms. */
const folder_ms = 20_000;

const readAll = async (folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> => {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    // Returns at most 100 entries per call, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
};

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/** Walks dropped entries, folders in the order of their names. */
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

/** Must be called while the drop event is handled: afterwards the browser hides the entries. */
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

/**
 * Recognizes image files by their extension. Without the server's list it accepts everything: the
 * server checks the bytes.
 */
export const imageTest = (info: Pick<Info, "formats"> | null): ((name: string) => boolean) => {
  if (!info) return () => true;
  const known = new Set(info.formats.filter((row) => row.read).flatMap((row) => row.extensions.map((text) => text.replace(/^\./, "").toLowerCase())));
  return (name) => {
    const leaf = name.slice(name.lastIndexOf("/") + 1);
    const dot = leaf.lastIndexOf(".");
    // Files that systems leave in folders (.DS_Store, ._photo.jpg) are not pictures.
    return dot > 0 && !leaf.startsWith("._") && known.has(leaf.slice(dot + 1).toLowerCase());
  };
};

/** Makes names unique: the second a.png becomes a-2.png. */
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
