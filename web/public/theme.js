// Runs before the first paint, so that a chosen theme does not flash. Kept out of the modules, which load later.
try {
  const chosen = localStorage.getItem('millrace.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // No storage: the system's theme.
}
