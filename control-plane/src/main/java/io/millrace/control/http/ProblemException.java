package io.millrace.control.http;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Ends a request with a problem document. */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Problem problem;
  private final @Nullable Duration retryAfter;

  ProblemException(Problem problem) {
    this(problem, null);
  }

  ProblemException(Problem problem, @Nullable Duration retryAfter) {
    super(problem.detail(), /* cause= */ null, false, false);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  public Problem problem() {
    return problem;
  }

  /** When the same request may be answered otherwise, in whole seconds; empty: nobody knows. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
