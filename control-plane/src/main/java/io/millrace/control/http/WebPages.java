package io.millrace.control.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Serves the pages of module {@code web} from the class path: {@code /} and {@code /console/…} the
 * console, {@code /watch/NAME} and {@code /embed/NAME} the players, everything else the file of
 * that name. Each file is read and compressed once. A browser that asks for a page that is not
 * there gets one that says so, everyone else a problem.
 */
public final class WebPages implements HttpService {
  private static final String ROOT = "/web";
  private static final List<Method> METHODS = List.of(Method.GET, Method.HEAD);
  private static final String NOT_FOUND = "/not-found.html";
  private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9._/-]*");
  private static final Pattern PLAYER = Pattern.compile("/(watch|embed)/[^/]+/?");
  private static final int MOST_FILES = 1_000;
  private static final int LEAST_COMPRESSED = 1_024;
  private static final String COMMON_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src"
          + " 'self'; connect-src 'self' http: https:; media-src 'self' blob: http: https:;"
          + " base-uri 'none'; form-action 'self'; frame-ancestors ";
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("json", "application/json"),
          Map.entry("webmanifest", "application/manifest+json"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("txt", "text/plain; charset=utf-8"));

  /** A file as it is sent. */
  private static final class Page {
    final String type;
    final byte[] plain;
    final byte @Nullable [] gzip;
    final String tag;

    Page(String type, byte[] plain, byte @Nullable [] gzip, String tag) {
      this.type = type;
      this.plain = plain;
      this.gzip = gzip;
      this.tag = tag;
    }
  }

  private final Map<String, Optional<Page>> pages = new ConcurrentHashMap<>();

  @Override
  public void routing(HttpRules rules) {
    METHODS.forEach(method -> rules.route(method, "/*", this::serve));
    rules.any("/*", this::refuse);
  }

  private void refuse(ServerRequest request, ServerResponse response) {
    if (page(file(request.path().path())).isEmpty()) {
      response.next();
      return;
    }
    KnownPaths.refuse(request, response, METHODS.stream().map(Method::text).toList());
  }

  private void serve(ServerRequest request, ServerResponse response) {
    String path = request.path().path();
    String file = file(path);
    Optional<Page> found = page(file);
    if (found.isEmpty() && wantsHtml(request)) {
      response.status(Status.NOT_FOUND_404);
      found = page(NOT_FOUND);
    }
    Page page =
        found.orElseThrow(() -> Problem.notFound("There is no page " + JsonBody.shown(path)));
    send(request, response, file, page);
  }

  /** Browsers ask for a page by this name; programs, and a page's scripts, do not. */
  private static boolean wantsHtml(ServerRequest request) {
    return request.headers().first(HeaderNames.ACCEPT).orElse("").contains("text/html");
  }

  private static void send(ServerRequest request, ServerResponse response, String file, Page page) {
    boolean hashed = file.startsWith("/assets/");
    response.header(HeaderNames.CONTENT_TYPE, page.type);
    response.header(
        HeaderNames.CACHE_CONTROL, hashed ? "public, max-age=31536000, immutable" : "no-cache");
    response.header(HeaderNames.ETAG, page.tag);
    response.header(HeaderNames.VARY, "Accept-Encoding");
    response.header(HeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff");
    response.header(HeaderNames.create("Referrer-Policy"), "same-origin");
    response.header(
        HeaderNames.create("Content-Security-Policy"),
        COMMON_POLICY + (file.equals("/embed.html") ? "*" : "'none'"));
    boolean same = page.tag.equals(request.headers().first(HeaderNames.IF_NONE_MATCH).orElse(""));
    if (same && response.status().equals(Status.OK_200)) {
      response.status(Status.NOT_MODIFIED_304).send();
      return;
    }
    byte[] gzip = page.gzip;
    boolean takesGzip =
        request.headers().first(HeaderNames.ACCEPT_ENCODING).orElse("").contains("gzip");
    if (gzip != null && takesGzip) {
      response.header(HeaderNames.CONTENT_ENCODING, "gzip");
      HttpConnection.current().send(response, gzip);
    } else {
      HttpConnection.current().send(response, page.plain);
    }
  }

  private static String file(String path) {
    Matcher player = PLAYER.matcher(path);
    if (player.matches()) {
      return "/" + player.group(1) + ".html";
    }
    if (path.equals("/") || path.equals("/console") || path.startsWith("/console/")) {
      return "/index.html";
    }
    return path;
  }

  private Optional<Page> page(String file) {
    if (!PATH.matcher(file).matches() || file.contains("..") || file.endsWith("/")) {
      return Optional.empty();
    }
    Optional<Page> known = pages.get(file);
    if (known != null) {
      return known;
    }
    Optional<Page> read = read(file);
    if (read.isPresent() && pages.size() < MOST_FILES) {
      pages.put(file, read);
    }
    return read;
  }

  private static Optional<Page> read(String file) {
    String extension = file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    String type = TYPES.get(extension);
    if (type == null) {
      return Optional.empty();
    }
    try (InputStream in = WebPages.class.getResourceAsStream(ROOT + file)) {
      if (in == null) {
        return Optional.empty();
      }
      byte[] plain = in.readAllBytes();
      boolean text = !type.startsWith("image/p") && !type.startsWith("font/");
      byte[] gzip = text && plain.length >= LEAST_COMPRESSED ? gzip(plain) : null;
      return Optional.of(new Page(type, plain, gzip, tag(plain)));
    } catch (IOException e) {
      throw new UncheckedIOException("The page " + file + " cannot be read", e);
    }
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }

  /** Weak: the compressed form has the same. */
  private static String tag(byte[] plain) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(plain);
      return "W/\"" + HexFormat.of().formatHex(hash, 0, 12) + "\"";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
