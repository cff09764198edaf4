package io.millrace.conformance.dash;

import io.millrace.conformance.dash.Mpd.Entry;
import io.millrace.conformance.dash.Mpd.Representation;
import io.millrace.conformance.dash.Mpd.Template;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** Makes values of MPDs. Takes everything that is XML; what is wrong with it the rules say. */
final class MpdReader {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final String SEQUENCE = "urn:mpeg:dash:ssr:2023";

  /** Service locations that are looked for. */
  private static final int MAX_LOCATIONS = 1_000;

  private final URI address;

  private MpdReader(URI address) {
    this.address = address;
  }

  /**
   * Reads XML without DTD and external entities.
   *
   * @throws SAXException where it is none, or has a DTD
   */
  static Document xml(byte[] bytes) throws SAXException {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
      factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
      factory.setXIncludeAware(false);
      factory.setExpandEntityReferences(false);
      DocumentBuilder builder = factory.newDocumentBuilder();
      builder.setErrorHandler(new DefaultHandler());
      return builder.parse(new ByteArrayInputStream(bytes));
    } catch (ParserConfigurationException e) {
      // The JDK's own parser has these features.
      throw new AssertionError(e);
    } catch (IOException e) {
      throw new SAXException(e);
    }
  }

  static Mpd read(Document document, URI address) {
    return new MpdReader(address).read(document);
  }

  private Mpd read(Document document) {
    Element root = document.getDocumentElement();
    URI base = base(address, root);
    List<String> periods = new ArrayList<>();
    List<Representation> representations = new ArrayList<>();
    long nextNs = 0;
    for (Element period : children(root, "Period")) {
      long startNs = durationNs(period.getAttribute("start")).orElse(nextNs);
      nextNs = startNs + durationNs(period.getAttribute("duration")).orElse(0L);
      periods.add(period.getAttribute("id"));
      for (Element set : children(period, "AdaptationSet")) {
        for (Element each : children(set, "Representation")) {
          List<Element> levels = List.of(root, period, set, each);
          URI own = base(base(base(base, period), set), each);
          representations.add(representation(levels, own, startNs));
        }
      }
    }
    List<Map.Entry<String, String>> timings =
        children(root, "UTCTiming").stream()
            .map(e -> Map.entry(e.getAttribute("schemeIdUri"), e.getAttribute("value")))
            .toList();
    boolean latency =
        children(root, "ServiceDescription").stream()
            .flatMap(each -> children(each, "Latency").stream())
            .anyMatch(each -> !each.getAttribute("target").isEmpty());
    List<Element> patches = children(root, "PatchLocation");
    return new Mpd(
        document,
        attributes(root),
        instantNs(root.getAttribute("availabilityStartTime")),
        periods,
        representations,
        timings,
        latency,
        patches.isEmpty() ? "" : patches.getFirst().getTextContent().strip(),
        steering(root),
        serviceLocations(root));
  }

  private static Optional<Mpd.Steered> steering(Element root) {
    List<Element> found = new ArrayList<>(children(root, "ContentSteering"));
    children(root, "ServiceDescription")
        .forEach(each -> found.addAll(children(each, "ContentSteering")));
    return found.stream()
        .findFirst()
        .map(
            element ->
                new Mpd.Steered(
                    element.getTextContent().strip(),
                    element.getAttribute("defaultServiceLocation")));
  }

  private static Set<String> serviceLocations(Element root) {
    Set<String> locations = new HashSet<>();
    NodeList bases = root.getElementsByTagNameNS("*", "BaseURL");
    for (int i = 0; i < Math.min(bases.getLength(), MAX_LOCATIONS); i++) {
      if (bases.item(i) instanceof Element base && base.hasAttribute("serviceLocation")) {
        locations.add(base.getAttribute("serviceLocation"));
      }
    }
    return locations;
  }

  static List<Element> children(Element parent, String name) {
    List<Element> found = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && name.equals(element.getLocalName())) {
        found.add(element);
      }
    }
    return found;
  }

  private static Map<String, String> attributes(Element element) {
    Map<String, String> values = new HashMap<>();
    NamedNodeMap attributes = element.getAttributes();
    for (int i = 0; i < attributes.getLength(); i++) {
      values.put(attributes.item(i).getNodeName(), attributes.item(i).getNodeValue());
    }
    return values;
  }

  private static URI base(URI parent, Element element) {
    List<Element> bases = children(element, "BaseURL");
    return bases.isEmpty()
        ? parent
        : resolve(parent, bases.getFirst().getTextContent().strip()).orElse(parent);
  }

  static Optional<URI> resolve(URI base, String reference) {
    try {
      return Optional.of(base.resolve(reference));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The value of the innermost level that has it. */
  private static String inherited(List<Element> levels, String attribute) {
    for (Element level : levels.reversed()) {
      if (level.hasAttribute(attribute)) {
        return level.getAttribute(attribute);
      }
    }
    return "";
  }

  private static Representation representation(List<Element> levels, URI base, long startNs) {
    Element period = levels.get(1);
    Element own = levels.getLast();
    List<Element> templates = new ArrayList<>();
    List<Element> offsets = new ArrayList<>();
    boolean inband = false;
    for (Element level : levels) {
      templates.addAll(children(level, "SegmentTemplate"));
      offsets.addAll(children(level, "BaseURL"));
      inband |=
          children(level, "ProducerReferenceTime").stream()
              .anyMatch(each -> each.getAttribute("inband").equals("true"));
    }
    offsets.addAll(templates);
    long offsetNs = Mpd.NO_TIME;
    boolean complete = true;
    for (Element level : offsets) {
      String offset = level.getAttribute("availabilityTimeOffset");
      if (offset.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")) {
        long addedNs = (long) (Double.parseDouble(offset) * 1e9);
        offsetNs = (offsetNs == Mpd.NO_TIME ? 0 : offsetNs) + addedNs;
      }
      complete &= !level.getAttribute("availabilityTimeComplete").equals("false");
    }
    return new Representation(
        period.getAttribute("id"),
        startNs,
        own.getAttribute("id"),
        number(own.getAttribute("bandwidth"), 0),
        inherited(levels, "mimeType"),
        inherited(levels, "codecs"),
        (int) number(inherited(levels, "width"), 0),
        (int) number(inherited(levels, "height"), 0),
        inherited(levels, "sar"),
        (int) number(inherited(levels, "startWithSAP"), 0),
        levels.get(2).getAttribute("id"),
        sequenceOf(levels.get(2)),
        base,
        offsetNs,
        complete,
        inband,
        templates.isEmpty() ? Optional.empty() : Optional.of(template(templates)));
  }

  private static String sequenceOf(Element set) {
    return children(set, "EssentialProperty").stream()
        .filter(each -> each.getAttribute("schemeIdUri").equals(SEQUENCE))
        .map(each -> each.getAttribute("value"))
        .findFirst()
        .orElse("");
  }

  private static Template template(List<Element> levels) {
    List<Element> timelines =
        levels.reversed().stream()
            .flatMap(level -> children(level, "SegmentTimeline").stream())
            .toList();
    return new Template(
        Math.max(1, number(inherited(levels, "timescale"), 1)),
        number(inherited(levels, "duration"), 0),
        number(inherited(levels, "startNumber"), 1),
        number(inherited(levels, "presentationTimeOffset"), 0),
        inherited(levels, "media"),
        inherited(levels, "initialization"),
        number(inherited(levels, "k"), 0),
        timelines.isEmpty() ? Optional.empty() : Optional.of(entries(timelines.getFirst())),
        missing(levels));
  }

  /** FailoverContent (5.3.9.7). */
  private static Set<Long> missing(List<Element> levels) {
    return levels.stream()
        .flatMap(level -> children(level, "FailoverContent").stream())
        .filter(failover -> failover.getAttribute("valid").equals("false"))
        .flatMap(failover -> children(failover, "FCS").stream())
        .map(each -> number(each.getAttribute("t"), -1))
        .collect(Collectors.toSet());
  }

  private static List<Entry> entries(Element timeline) {
    List<Entry> entries = new ArrayList<>();
    long next = 0;
    for (Element each : children(timeline, "S")) {
      boolean written = each.hasAttribute("t");
      long time = written ? number(each.getAttribute("t"), next) : next;
      long duration = number(each.getAttribute("d"), 0);
      long repeat = Math.max(0, number(each.getAttribute("r"), 0));
      entries.add(new Entry(time, duration, repeat, written));
      next = time + duration * (repeat + 1);
    }
    return entries;
  }

  static long number(String text, long otherwise) {
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : otherwise;
  }

  /** An xs:duration of days and smaller; empty where it is none. */
  static Optional<Long> durationNs(String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Duration.parse(text).toNanos());
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  static long instantNs(String text) {
    try {
      String zoned = text.matches(".*(Z|[+-]\\d\\d:\\d\\d)") ? text : text + "Z";
      return ChronoUnit.NANOS.between(Instant.EPOCH, OffsetDateTime.parse(zoned).toInstant());
    } catch (DateTimeException | ArithmeticException e) {
      return Mpd.NO_TIME;
    }
  }

  static long ns(long ticks, long timescale) {
    return ticks / timescale * SECOND_NS + ticks % timescale * SECOND_NS / timescale;
  }
}
