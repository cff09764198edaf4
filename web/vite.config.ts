import { defineConfig, type Plugin, type UserConfig } from 'vite';

/** Serves the pages' addresses in development as the control plane does: /watch/NAME and /embed/NAME are pages. */
function pageAddresses(): Plugin {
  return {
    name: 'millrace-page-addresses',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const page = /^\/(watch|embed)\/[^/.]+\/?(\?.*)?$/.exec(request.url ?? '');
        if (page) request.url = `/${page[1]}.html`;
        next();
      });
    },
  };
}

export default defineConfig(async ({ command }): Promise<UserConfig> => {
  // MILLRACE_API names a running control plane; without it development runs on the mock.
  let api = process.env.MILLRACE_API;
  if (command === 'serve' && !api && !process.env.VITEST) {
    const { createMock } = await import('./dev/mock.mjs');
    api = (await createMock({ demo: true })).url;
  }
  return {
    plugins: [pageAddresses()],
    server: api ? { proxy: { '/api': api } } : {},
    build: {
      outDir: 'target/classes/web',
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: { polyfill: false },
      // The policy of the pages allows no data: scripts or styles, so nothing is inlined.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 700,
      rollupOptions: { input: ['index.html', 'watch.html', 'embed.html', 'not-found.html'] },
    },
  };
});
