package io.millrace.server.health;

import io.millrace.media.Bytes;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.MetricNameFilter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Knows what is answered where. */
final class HealthAnswers {
  /** What goes back. */
  record Answer(HttpResponseStatus status, String contentType, Bytes body) {}

  private record Problem(String type, String title, int status, String detail) {}

  private record Health(String status) {}

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String PLACES = "/metrics, /health/live and /health/ready are here";

  private final PrometheusRegistry registry;
  private final Readiness readiness;
  private final ExpositionFormats formats = ExpositionFormats.init();

  HealthAnswers(PrometheusRegistry registry, Readiness readiness) {
    this.registry = registry;
    this.readiness = readiness;
  }

  /** Answers a request for {@code uri}; {@code accept} is the header of that name. */
  Answer answer(HttpMethod method, String uri, @Nullable String accept) throws IOException {
    QueryStringDecoder target = new QueryStringDecoder(uri);
    String path;
    Map<String, List<String>> parameters;
    try {
      path = target.path();
      parameters = target.parameters();
    } catch (IllegalArgumentException e) {
      return problem(HttpResponseStatus.BAD_REQUEST, "the target cannot be read");
    }
    if (!path.equals("/metrics") && !path.equals("/health/live") && !path.equals("/health/ready")) {
      return problem(HttpResponseStatus.NOT_FOUND, PLACES);
    }
    if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
      return problem(HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET and HEAD are served");
    }
    if (path.equals("/metrics")) {
      return metrics(parameters.get("name[]"), accept);
    }
    Optional<String> obstacle =
        path.equals("/health/ready") ? readiness.obstacle() : Optional.empty();
    if (obstacle.isPresent()) {
      return problem(HttpResponseStatus.SERVICE_UNAVAILABLE, "Not ready", obstacle.get());
    }
    return new Answer(
        HttpResponseStatus.OK,
        "application/json",
        Bytes.wrap(JSON.writeValueAsBytes(new Health("ok"))));
  }

  private Answer metrics(@Nullable List<String> names, @Nullable String accept) throws IOException {
    MetricSnapshots snapshots =
        names == null
            ? registry.scrape()
            : registry.scrape(MetricNameFilter.builder().nameMustBeEqualTo(names).build());
    // Not what it would find, which may be protobuf: that needs a library that is not here.
    ExpositionFormatWriter writer =
        formats.getOpenMetricsTextFormatWriter().accepts(accept)
            ? formats.getOpenMetricsTextFormatWriter()
            : formats.getPrometheusTextFormatWriter();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    writer.write(body, snapshots);
    return new Answer(
        HttpResponseStatus.OK, writer.getContentType(), Bytes.wrap(body.toByteArray()));
  }

  static Answer problem(HttpResponseStatus status, String detail) {
    return problem(status, status.reasonPhrase(), detail);
  }

  private static Answer problem(HttpResponseStatus status, String title, String detail) {
    Problem problem = new Problem("about:blank", title, status.code(), detail);
    return new Answer(
        status, "application/problem+json", Bytes.wrap(JSON.writeValueAsBytes(problem)));
  }
}
