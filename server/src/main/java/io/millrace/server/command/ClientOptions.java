package io.millrace.server.command;

import io.millrace.server.ServerException;
import io.millrace.server.client.ApiClient;
import io.millrace.server.data.DataDirectory;
import io.millrace.server.data.Endpoints;
import io.millrace.server.settings.Catalog;
import io.millrace.server.settings.Settings;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;

/** Finds the control plane that a command talks to, and the token for it. */
public final class ClientOptions {
  @Mixin private SettingsOptions options = new SettingsOptions();

  public ApiClient connect() {
    Settings settings = options.sources().read();
    return connect(settings, options.data());
  }

  static ApiClient connect(Settings settings, Path data) {
    String url = settings.get(Catalog.CONTROL_URL);
    if (url.isEmpty()) {
      url =
          Endpoints.read(data)
              .flatMap(endpoints -> endpoints.address("control"))
              .map(Endpoints.Endpoint::url)
              .orElseThrow(
                  () ->
                      new ServerException(
                          "no control plane runs on %s: start ./millrace up, or say where one is"
                                  .formatted(data)
                              + " with --data DIR or --set control.url=http://HOST:PORT"));
    }
    String token = settings.get(Catalog.CONTROL_TOKEN);
    if (token.isEmpty()) {
      token =
          DataDirectory.readSecret(data.resolve(DataDirectory.ADMIN_TOKEN))
              .orElseThrow(
                  () ->
                      new ServerException(
                          "no administrator's token: %s is not there; give it with --set"
                                  .formatted(data.resolve(DataDirectory.ADMIN_TOKEN))
                              + " control.token=… or MILLRACE_CONTROL_TOKEN"));
    }
    return new ApiClient(url, token);
  }
}
