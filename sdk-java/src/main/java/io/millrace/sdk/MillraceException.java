package io.millrace.sdk;

import org.jspecify.annotations.Nullable;

/**
 * The root of what goes wrong.
 *
 * <ul>
 *   <li>{@link ProblemException}: the API answered that it cannot do what was asked, and why;
 *   <li>{@link TransportException}: there was no answer, or only the beginning of one;
 *   <li>{@link TimedOutException}: there was no answer in time;
 *   <li>{@link MalformedAnswerException}: what answered does not speak the API;
 *   <li>{@link DataDirectoryException}: a data directory does not tell where the API is;
 *   <li>{@link CallInterruptedException}: the thread that waited was interrupted;
 *   <li>{@link ClientClosedException}: the client was closed.
 * </ul>
 *
 * After a transport exception, a timeout or an interrupt, what was asked may have been done or not.
 * No message has the token in it.
 */
public abstract sealed class MillraceException extends RuntimeException
    permits ProblemException,
        TransportException,
        TimedOutException,
        MalformedAnswerException,
        DataDirectoryException,
        CallInterruptedException,
        ClientClosedException {
  private static final long serialVersionUID = 1;

  MillraceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
