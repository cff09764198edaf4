package io.millrace.server.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Asks a process over HTTP. */
final class Web {
  private Web() {}

  static HttpResponse<String> get(URI address, String path)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(address.resolve(path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  static int status(URI address, String path) throws IOException, InterruptedException {
    return get(address, path).statusCode();
  }
}
