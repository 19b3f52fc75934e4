import type { ComponentChildren } from "preact";

const shape = (content: ComponentChildren) => ({ size = 20 }: { size?: number }) => (
  <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    {content}
  </svg>
);

export const BackIcon = shape(<path d="M14.5 5 8 12l6.5 7" />);
export const NextIcon = shape(<path d="M9.5 5 16 12l-6.5 7" />);
export const UpIcon = shape(<path d="M12 19V6M6 11.5 12 5.5l6 6" />);
export const DownIcon = shape(<path d="M12 5v13M6 12.5l6 6 6-6" />);
export const CloseIcon = shape(<path d="M6 6l12 12M18 6 6 18" />);
export const CheckIcon = shape(<path d="M5 12.5 10 17.5 19 7" />);
export const PlusIcon = shape(<path d="M12 5v14M5 12h14" />);
export const MinusIcon = shape(<path d="M5 12h14" />);
export const FolderIcon = shape(<path d="M3.5 7.5a2 2 0 0 1 2-2h4l2 2.5h7a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2z" />);
export const PictureIcon = shape(
  <>
    <rect x="3.5" y="4.5" width="17" height="15" rx="2" />
    <circle cx="8.7" cy="9.5" r="1.6" />
    <path d="m4 17 5-4.5 3.5 3 3.5-4 4.5 5" />
  </>,
);
export const DownloadIcon = shape(<path d="M12 4v11M7 10.5l5 5 5-5M5 19.5h14" />);
export const WriteIcon = shape(<path d="M3.5 8a2 2 0 0 1 2-2h3.7l2 2.3H18a2 2 0 0 1 2 2V17a2 2 0 0 1-2 2H5.5a2 2 0 0 1-2-2zM12 11v5M9.7 13.8 12 16l2.3-2.2" />);
export const ReportIcon = shape(<path d="M6 3.5h8l4.5 4.5v12.5H6zM9.5 12h5.5M9.5 16h5.5" />);
export const RetryIcon = shape(<path d="M19 12a7 7 0 1 1-2.2-5.1L19.5 9.3M19.5 4.5v4.8h-4.8" />);
export const StopIcon = shape(<rect x="6.5" y="6.5" width="11" height="11" rx="2" />);
export const TrashIcon = shape(<path d="M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.5 11v5M13.5 11v5" />);
export const WarnIcon = shape(<path d="M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.2" />);
export const PlugIcon = shape(<path d="M9 3.5v5M15 3.5v5M6.5 8.5h11v3a5.5 5.5 0 0 1-11 0zM12 17v4" />);
export const KeyIcon = shape(
  <>
    <circle cx="8" cy="15.5" r="4" />
    <path d="m11 12.5 8.5-8.5M15.5 8l3 3" />
  </>,
);
export const SunIcon = shape(
  <>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4" />
  </>,
);
export const MoonIcon = shape(<path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z" />);
export const ScreenIcon = shape(<path d="M3.5 5h17v11.5h-17zM9 20h6M12 16.5V20" />);
export const LockIcon = shape(<path d="M6 11h12v8.5H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3" />);
export const SearchIcon = shape(
  <>
    <circle cx="10.5" cy="10.5" r="6" />
    <path d="m15 15 5 5" />
  </>,
);

export const DividerIcon = shape(
  <>
    <rect x="3.5" y="5" width="17" height="14" rx="2" />
    <path d="M12 3v18" />
  </>,
);
export const SidesIcon = shape(
  <>
    <rect x="3" y="6" width="8" height="12" rx="1.5" />
    <rect x="13" y="6" width="8" height="12" rx="1.5" />
  </>,
);
export const FlickerIcon = shape(
  <>
    <rect x="3.5" y="4" width="12.5" height="11" rx="1.5" />
    <path d="M19 8.5h.5a1 1 0 0 1 1 1V19a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1v-.5" />
  </>,
);
export const FlipIcon = shape(<path d="M4.5 9h14M15 5.5 18.5 9 15 12.5M19.5 15.5h-14M9 12l-3.5 3.5L9 19" />);
export const PlayIcon = shape(<path d="M8 5.5v13l10.5-6.5z" />);
export const PauseIcon = shape(<path d="M8.5 6v12M15.5 6v12" />);
export const SparkIcon = shape(<path d="M12 3.5 13.8 10.2 20.5 12l-6.7 1.8L12 20.5l-1.8-6.7L3.5 12l6.7-1.8z" />);

export const SelectIcon = shape(
  <>
    <rect x="4" y="4" width="16" height="16" rx="3" />
    <path d="m8 12.3 2.8 2.8L16 9.5" />
  </>,
);

/** The logo: a mill with four sails, which turn while work is in progress. */
export const Mark = ({ size = 26, turning = false }: { size?: number; turning?: boolean }) => (
  <svg class={turning ? "mark turning" : "mark"} width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <path d="M15 15V3h8.5z" />
    <path d="M17 15h12v8.5z" class="pale" />
    <path d="M17 17v12H8.5z" />
    <path d="M15 17H3V8.5z" class="pale" />
  </svg>
);
