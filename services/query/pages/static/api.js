// The documents of the three services, one after the other, each under its name.

const SERVICES = ["query", "ingest", "export"];

const root = document.getElementById("interface");
for (const service of SERVICES) {
  const place = document.createElement("section");
  place.id = service;
  root.append(place);
  window.SwaggerUIBundle({
    domNode: place,
    url: `/v1/openapi/${service}.json`,
    validatorUrl: null, // no answer of ours is shown to anybody else
    deepLinking: false, // three documents share the address
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
  });
}
