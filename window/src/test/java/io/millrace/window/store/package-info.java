/** Tests of where part bytes are kept. */
@NullMarked
package io.millrace.window.store;

import org.jspecify.annotations.NullMarked;
