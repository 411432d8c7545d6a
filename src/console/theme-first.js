// The theme that the reader chose, before anything is painted. A script of its own, because the page's policy allows none
// inside the page; and not a module, because those wait for the page.
{
  const chosen = localStorage.getItem("tributary.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
}
