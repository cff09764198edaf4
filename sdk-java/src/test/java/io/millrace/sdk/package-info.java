/** Tests of the client: against servers that misbehave, and against a real control plane. */
@NullMarked
package io.millrace.sdk;

import org.jspecify.annotations.NullMarked;
