/** Tests of the parts that are not about HTTP. */
@NullMarked
package io.millrace.sdk.internal;

import org.jspecify.annotations.NullMarked;
