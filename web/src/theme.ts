// Light or dark: the system's choice unless the reader chose.
export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const systemDark = matchMedia("(prefers-color-scheme: dark)");
let chosen: Theme = "auto";

function apply(): void {
  const dark = chosen === "dark" || (chosen === "auto" && systemDark.matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
}

export function setTheme(theme: Theme): void {
  chosen = theme;
  apply();
}

systemDark.addEventListener("change", apply);
