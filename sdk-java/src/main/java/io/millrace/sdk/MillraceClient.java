package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

import io.millrace.sdk.internal.ChannelApi;
import io.millrace.sdk.internal.DataDirectory;
import io.millrace.sdk.internal.EventTimings;
import io.millrace.sdk.internal.HttpTransport;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Talks to the API of one control plane. Make one with {@link #builder}, keep it as long as it is
 * needed, and close it. Any number of threads may use it.
 *
 * <p>Nothing is asked twice: a call that failed is not tried again, only watching connects again.
 * An answer, or an event, above 8 MiB is refused. Redirects are not followed, so the token goes to
 * no other address. Connections are HTTP/1.1, kept open for a while, one for each call at the same
 * time and one for each watch; a proxy is that of {@link java.net.ProxySelector#getDefault}.
 */
public final class MillraceClient implements AutoCloseable {
  private final URI baseUri;
  private final HttpTransport transport;
  private final Channels channels;
  private final AsyncChannels asyncChannels;

  private MillraceClient(URI baseUri, String token, Builder builder) {
    this.baseUri = baseUri;
    this.transport = new HttpTransport(baseUri, token, builder.connectTimeout, builder.timeout);
    ChannelApi api = new ChannelApi(transport, builder.eventTimings);
    this.channels = new Channels(api);
    this.asyncChannels = new AsyncChannels(api);
  }

  /** {@return a builder with nothing but the timeouts set} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return the address that was given, with a slash at the end} */
  public URI baseUri() {
    return baseUri;
  }

  /** {@return the channels, by calls that wait for the answer} */
  public Channels channels() {
    return channels;
  }

  /** {@return the channels, by calls that return a future} */
  public AsyncChannels asyncChannels() {
    return asyncChannels;
  }

  /**
   * Ends everything: calls that wait fail with a {@link ClientClosedException}, whatever is watched
   * ends as if it were closed, the threads end. Does not wait for any of it; closing again does
   * nothing. With Java 17 one idle thread remains until the garbage is collected.
   */
  @Override
  public void close() {
    transport.close();
  }

  /** {@return the address, not the token} */
  @Override
  public String toString() {
    return "MillraceClient[%s]".formatted(baseUri);
  }

  /** Collects what a client needs: an address and a token, or a data directory that has both. */
  public static final class Builder {
    private static final Duration LONGEST = Duration.ofDays(1);

    private @Nullable URI baseUri;
    private @Nullable String token;
    private @Nullable Path dataDirectory;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration timeout = Duration.ofSeconds(15);
    private EventTimings eventTimings = EventTimings.DEFAULT;

    private Builder() {}

    /**
     * Sets where the control plane is.
     *
     * @param baseUri http or https, such as {@code http://localhost:8090}; below a path where a
     *     proxy has it there
     * @return this builder
     * @throws IllegalArgumentException if it is no such address
     */
    public Builder baseUri(URI baseUri) {
      this.baseUri = withSlash(baseUri);
      return this;
    }

    /**
     * Sets the administrator's token.
     *
     * @param token what is in the file {@code admin-token} of the control plane's data directory
     * @return this builder
     * @throws IllegalArgumentException if it is empty or cannot be a header
     */
    public Builder token(String token) {
      this.token = checked(token);
      return this;
    }

    /**
     * Takes address and token, where they are not set, from the data directory of a control plane
     * that runs on this machine, such as {@code millrace-data}. It is read by {@link #build}.
     *
     * @param directory what was given as {@code --data}
     * @return this builder
     */
    public Builder dataDirectory(Path directory) {
      this.dataDirectory = requireNonNull(directory, "directory");
      return this;
    }

    /**
     * Sets how long making a connection may take; 5 s where nothing is set.
     *
     * @param timeout more than 0, at most a day
     * @return this builder
     * @throws IllegalArgumentException if it is not
     */
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = checked("connectTimeout", timeout);
      return this;
    }

    /**
     * Sets how long a call may take, from the connection to the last byte of the answer; 15 s where
     * nothing is set. A watch has it for the beginning of its stream.
     *
     * @param timeout more than 0, at most a day
     * @return this builder
     * @throws IllegalArgumentException if it is not
     */
    public Builder timeout(Duration timeout) {
      this.timeout = checked("timeout", timeout);
      return this;
    }

    /** For tests, which are in a hurry. */
    Builder eventTimings(EventTimings timings) {
      this.eventTimings = timings;
      return this;
    }

    /**
     * Makes the client. It connects when it is used.
     *
     * @return the client
     * @throws IllegalStateException if address or token are missing
     * @throws DataDirectoryException if the data directory does not have them
     */
    public MillraceClient build() {
      URI uri = baseUri;
      String secret = token;
      if (dataDirectory != null && (uri == null || secret == null)) {
        DataDirectory data = DataDirectory.read(dataDirectory);
        uri = uri == null ? inDirectory(data, dataDirectory) : uri;
        secret = secret == null ? checked(data.token()) : secret;
      }
      if (uri == null) {
        throw new IllegalStateException("baseUri: missing (expected: http://HOST:PORT)");
      }
      if (secret == null) {
        throw new IllegalStateException("token: missing (expected: the administrator's token)");
      }
      return new MillraceClient(uri, secret, this);
    }

    private static URI inDirectory(DataDirectory data, Path directory) {
      try {
        return withSlash(data.api());
      } catch (IllegalArgumentException e) {
        throw new DataDirectoryException(directory + ": " + e.getMessage(), e);
      }
    }

    private static URI withSlash(URI uri) {
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      boolean fits =
          (scheme.equals("http") || scheme.equals("https"))
              && uri.getHost() != null
              && uri.getRawUserInfo() == null
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null;
      if (!fits) {
        throw new IllegalArgumentException(
            "baseUri: %s (expected: http://HOST:PORT or https://HOST:PORT)".formatted(uri));
      }
      return uri.toString().endsWith("/") ? uri : URI.create(uri + "/");
    }

    private static String checked(String token) {
      if (token.isBlank() || !token.chars().allMatch(each -> each > ' ' && each < 127)) {
        throw new IllegalArgumentException(
            "token: (expected: one word of ASCII characters; what was given is not shown)");
      }
      return token;
    }

    private static Duration checked(String name, Duration timeout) {
      if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "%s: %s (expected: more than 0, at most a day)".formatted(name, timeout));
      }
      return timeout;
    }
  }
}
