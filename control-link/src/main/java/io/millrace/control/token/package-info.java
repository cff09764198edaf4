/**
 * Viewers' tokens: who may watch what, from when to when, proved with HMAC-SHA-256 (RFC 2104).
 *
 * <p>{@link io.millrace.control.token.TokenFormat} writes and reads the form of our own, which is
 * short enough for a path; {@link io.millrace.control.token.TokenVerifier} checks it against {@link
 * io.millrace.control.token.TokenKeys} and remembers what it has found. Whether what is genuine is
 * good for a request is for {@link io.millrace.control.token.TokenClaims}, {@link
 * io.millrace.control.token.TokenPolicy} and {@link io.millrace.control.token.TokenTrust} to say.
 * Nothing here logs a token, and no message has one in it.
 */
@NullMarked
package io.millrace.control.token;

import org.jspecify.annotations.NullMarked;
