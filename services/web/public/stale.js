// Answered in place of a script of an earlier release, which a page that was fetched just before an update asks for.
// The page is loaded again, once, and then names the scripts that there are.
if (sessionStorage.getItem("stale") !== location.href) {
  sessionStorage.setItem("stale", location.href);
  location.reload();
}
