// The types of the HTTP API. Sizes are in bytes, times in milliseconds, scores are SSIMULACRA 2.1.

export type OutputFormat = "original" | "auto" | "jpeg" | "png" | "webp" | "avif" | "jxl" | "gif" | "tiff";
export type Effort = "fast" | "balanced" | "max";
export type Fit = "inside" | "cover" | "fill" | "pad";
export type ResizeMode = "none" | "width" | "height" | "longest" | "shortest" | "fit" | "percent";

/** The part of the settings of docs/json.md that the page sends and reads. */
export interface Settings {
  target?: number;
  spareLossless?: boolean;
  lossless?: boolean;
  outputFormat?: OutputFormat;
  resize?: { mode: ResizeMode; size?: number; width?: number; height?: number; percent?: number; fit?: Fit };
  /** What is cut off; the page only says what stays. */
  crop?: { position?: "attention" | "entropy" | { x: number; y: number } };
  effort?: Effort;
  keep?: "all" | "none" | string[];
  /** For animations that the output format cannot hold; "keep": they keep their own format. */
  animation?: "refuse" | "first-frame" | "keep";
}

export interface FormatInfo {
  name: string;
  read: boolean;
  write: boolean;
  extensions: string[];
  mime: string;
}

export interface Info {
  version: string;
  formats: FormatInfo[];
  limits: { max_upload_bytes: number; max_job_files: number; max_job_bytes: number; max_jobs: number };
  roots: string[];
  workers: number;
  isolation: string;
  sandbox_missing: string | null;
}

export type JobState = "receiving" | "running" | "done" | "cancelled" | "interrupted";
export type ImageState = "waiting" | "working" | "done" | "kept" | "failed" | "cancelled";
export type Counts = Record<ImageState, number>;

/** Files in a folder that are not processed: the number per kind, in the words of the API. */
export interface LeftOut {
  files: number;
  kinds: { kind: string; count: number }[];
}

export interface Written {
  to: "in-place" | "folder";
  path: string;
  backup: string | null;
  images: number;
  failed: number;
}

export interface Job {
  id: string;
  name: string;
  state: JobState;
  source: { kind: "uploads" } | { kind: "folder"; path: string };
  settings: Settings;
  created_ms: number;
  finished_ms: number | null;
  images: number;
  counts: Counts;
  bytes_before: number;
  bytes_after: number;
  lowest_score: number | null;
  mean_score: number | null;
  remaining_ms: number | null;
  elapsed_ms: number;
  planning: boolean;
  left_out: LeftOut;
  written: Written | null;
}

export interface ErrorBody {
  code: string;
  message: string;
  advice: string;
}

export interface Image {
  index: number;
  name: string;
  state: ImageState;
  sequence: number;
  original_size: number;
  optimized_size: number | null;
  input_format: string | null;
  format: string | null;
  output_name: string | null;
  width: number | null;
  height: number | null;
  /** Frames of the output; null if there is none yet. */
  frames: number | null;
  score: number | null;
  target: number | null;
  quality: number | null;
  decision: string | null;
  elapsed_ms: number | null;
  error: (ErrorBody & { stage?: string }) | null;
  notes: string[];
  settings: Settings | null;
}

export interface Variant {
  variant: number;
  size: number;
  score: number | null;
  quality: number | null;
  format: string;
  frames: number;
  notes: string[];
  elapsed_ms: number;
  settings: Settings;
}

export interface Folders {
  path: string | null;
  parent: string | null;
  folders: string[];
  /** Directly in the folder. */
  images: number;
  /** In the folder and all folders below; only if requested. */
  images_below?: number;
  /** False: there may be more. */
  counted_all?: boolean;
}

export interface WriteResult {
  images: number;
  failed: number;
  backup: string | null;
  errors: (ErrorBody & { name: string })[];
}
