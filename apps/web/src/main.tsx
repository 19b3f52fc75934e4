import { render } from "preact";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/start.css";
import "./styles/job.css";
import "./styles/list.css";
import "./styles/compare.css";
import { startLanguage } from "./i18n";
import { keepPreferences } from "./state/preferences";
import { readRoute } from "./state/route";
import { startSession } from "./state/session";
import { App, takeAddress } from "./views/app";
import { listenForFiles } from "./views/droparea";
import { servicesForWindow } from "./views/window";

const start = async () => {
  keepPreferences();
  listenForFiles();
  // Load the language first: a page that changes its language after a second is unpleasant.
  const spoken = startLanguage();
  const session = startSession();
  await spoken;
  readRoute();
  addEventListener("popstate", readRoute);
  addEventListener("hashchange", () => {
    // The address of a restarted server, opened in this tab.
    if (location.hash.startsWith("#token=")) {
      const address = location.hash;
      history.replaceState(null, "", "#/");
      void takeAddress(address);
    }
    readRoute();
  });
  const root = document.getElementById("app");
  if (root) render(<App />, root);
  await session;
  servicesForWindow();
};

void start();
