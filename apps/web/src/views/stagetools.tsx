import { t } from "../i18n";
import { percent } from "../i18n/format";
import { Button, Segmented, Switch } from "../ui/controls";
import { DividerIcon, FlickerIcon, FlipIcon, MinusIcon, PauseIcon, PlayIcon, PlusIcon, SidesIcon } from "../ui/icons";
import { chooseLook, look, looks, type Look } from "../state/look";

const look_icons: Record<Look, typeof SidesIcon> = { divider: DividerIcon, sides: SidesIcon, flicker: FlickerIcon };

interface StageToolsProps {
  /** CSS pixels per pixel of the picture. */
  scale: number;
  fitted: boolean;
  onZoom: (way: "in" | "out") => void;
  onFit: () => void;
  onFull: () => void;
  playing: boolean;
  onPlay: () => void;
  onFlip: () => void;
  mapOn: boolean;
  onMap: (on: boolean) => void;
  /** 0..1 */
  opacity: number;
  onOpacity: (value: number) => void;
}

/** The tools below the stage: zoom, comparison mode, and heat map. */
export const StageTools = (props: StageToolsProps) => (
  <div class="stage-tools" role="toolbar" aria-label={t("compare.view")}>
    <span class="tool-group">
      <Button kind="quiet" label={t("compare.zoomOut")} onClick={() => props.onZoom("out")}>
        <MinusIcon />
      </Button>
      <span class="zoom" aria-live="polite">
        {percent(props.scale * devicePixelRatio, 0)}
      </span>
      <Button kind="quiet" label={t("compare.zoomIn")} onClick={() => props.onZoom("in")}>
        <PlusIcon />
      </Button>
      <Button kind="quiet" aria-pressed={props.fitted} onClick={props.onFit}>
        {t("compare.fit")}
      </Button>
      <Button kind="quiet" aria-pressed={!props.fitted && Math.abs(props.scale * devicePixelRatio - 1) < 0.001} onClick={props.onFull}>
        {t("compare.full")}
      </Button>
    </span>
    <span class="tool-group">
      <Segmented
        quiet
        legend={t("compare.look")}
        value={look.value}
        options={looks.map((value) => {
          const Icon = look_icons[value];
          return { value, label: <Icon />, title: t(`look.${value}`) };
        })}
        onChange={chooseLook}
      />
      {look.value === "flicker" && (
        <>
          <Button kind="quiet" label={t(props.playing ? "compare.pause" : "compare.play")} onClick={props.onPlay}>
            {props.playing ? <PauseIcon /> : <PlayIcon />}
          </Button>
          <Button kind="quiet" label={t("compare.flip")} onClick={props.onFlip}>
            <FlipIcon />
          </Button>
        </>
      )}
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
);
