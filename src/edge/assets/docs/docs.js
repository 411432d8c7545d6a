// Starts Swagger UI on the document of this origin.

window.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  // A service elsewhere would be asked whether the document is valid.
  validatorUrl: "none",
});
